/** Where the commands in a lab may believe to run. */
export const PLATFORMS = ['ec2', 'ecs', 'lambda', 'eks', 'eks-pod-identity'] as const;

export type PlatformName = (typeof PLATFORMS)[number];
