export function htmlText(..._all: unknown[]): string {
  return '';
}
