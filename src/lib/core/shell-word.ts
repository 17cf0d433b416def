/** Writes text from outside as one word of a shell command: quoted if a shell would act on any of it. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
