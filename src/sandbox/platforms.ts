/** The platforms that the lab can emulate. */
export const PLATFORMS = ['ec2', 'ecs', 'lambda', 'eks', 'eks-pod-identity'] as const;

export type PlatformName = (typeof PLATFORMS)[number];
