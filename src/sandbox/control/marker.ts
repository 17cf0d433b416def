/**
 * The name of a response header. Only the control API of a lab sends this header, so clients use it to
 * recognize a lab.
 */
export const CONTROL_API = 'x-fedctl-control-api';
