export function createFetch(_env: Readonly<Record<string, string | undefined>>): typeof globalThis.fetch {
  return globalThis.fetch;
}
