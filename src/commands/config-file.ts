export interface ConfigFile {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly trusted: boolean;
}
export async function findConfig(..._all: unknown[]): Promise<ConfigFile | null> {
  return null;
}
