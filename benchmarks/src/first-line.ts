const LONGEST = 200;

/** The first line of an error's message, short enough for a table. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, LONGEST);
