/** Breaks a text into lines of at most `width` characters: between words where it can, else after a mark inside of a long one. */
export function wrapText(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const most = Math.max(NARROWEST, Math.floor(width));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length <= most) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    const pieces = breakWord(word, most);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1)!;
  }
  return line ? [...lines, line] : lines;
}

const NARROWEST = 8;

/** Addresses and names of kernels are long words; they read best when cut after a slash, dot, dash or underscore. */
function breakWord(word: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (rest.length > most) {
    const mark = /^.*[/._-]/.exec(rest.slice(0, most))?.[0].length ?? 0;
    const cut = mark > most / 3 ? mark : most;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest];
}
