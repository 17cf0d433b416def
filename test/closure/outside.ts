/** Where the chain stays broken whatever fedctl offers: the remedy that is printed last. */
export const OUTSIDE: Readonly<Record<string, string>> = {};
