import type { Context } from '../context.ts';
import type { Aws, AwsSettings } from '../ports.ts';

export async function createAws(_settings: AwsSettings, _context: Context): Promise<Aws> {
  throw new Error('not built yet');
}
