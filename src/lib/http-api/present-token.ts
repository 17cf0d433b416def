export async function presentToken(..._all: unknown[]): Promise<{ status: number; ms: number }> {
  throw new Error('later');
}
