/** A response header that only the control API of a lab sends. Clients use it to recognize a lab. */
export const CONTROL_API = 'x-fedctl-control-api';
