/** Returns a function that runs the work on the first call. Later calls return the same result or failure. */
export function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let result: Promise<Value> | null = null;
  return () => {
    result ??= work();
    return result;
  };
}
