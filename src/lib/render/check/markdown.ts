export function markdownText(..._all: unknown[]): string {
  return '';
}
