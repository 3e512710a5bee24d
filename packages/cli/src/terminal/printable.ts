/** Texts from files that nobody vouches for, such as names and metadata. */
const LONGEST = 300;

/** The text as a terminal may show it: control characters by their code, on one line, not too long. */
export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) =>
    char === '\n' ? ' ' : `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
