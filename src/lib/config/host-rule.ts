export function refuseStrangeHosts(..._all: unknown[]): void {}
