export function chainLines(..._all: unknown[]): readonly string[] {
  return [];
}
