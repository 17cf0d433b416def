/** The response header that distinguishes the control API of a lab from any other server on its port. */
export const CONTROL_API = 'x-fedctl-control-api';
