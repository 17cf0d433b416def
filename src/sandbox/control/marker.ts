/** The response header that tells the control API of a lab from any other server that uses its port. */
export const CONTROL_API = 'x-fedctl-control-api';
