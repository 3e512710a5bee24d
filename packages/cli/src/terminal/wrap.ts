/** Breaks a text into lines of at most `width` characters, between words where it can. */
export function wrapText(text: string, width: number): string[] {
  if (!Number.isFinite(width)) return [text];
  const most = Math.max(10, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let rest = word;
    if (line && line.length + 1 + rest.length <= most) line += ` ${rest}`;
    else {
      if (line) lines.push(line);
      for (; rest.length > most; rest = rest.slice(most)) lines.push(rest.slice(0, most));
      line = rest;
    }
  }
  return line ? [...lines, line] : lines;
}
