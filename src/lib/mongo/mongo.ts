import type { Mongo } from '../connection.ts';
import type { Context } from '../context.ts';

export async function createMongo(_context: Context): Promise<Mongo> {
  throw new Error('not built yet');
}
