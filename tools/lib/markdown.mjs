/**
 * The fenced code blocks of a Markdown text.
 *
 * @param {string} text
 * @returns {{ lang: string, info: string, code: string, line: number }[]} `line` is the fence's, from 1
 */
export function codeBlocks(text) {
  const blocks = [];
  let open;
  for (const [at, line] of text.split('\n').entries()) {
    const fence = /^(\s*)```(\S*)\s*(.*)$/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open) open = { lang: fence[2], info: fence[3], lines: [], line: at + 1 };
    else {
      blocks.push({ lang: open.lang, info: open.info, code: open.lines.join('\n'), line: open.line });
      open = undefined;
    }
  }
  return blocks;
}

/** The commands of a shell block: comments and prompts dropped, broken lines joined, chains of `&&` taken apart. */
export function commands(code) {
  return code
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .replaceAll(/(^|\s)#\s.*$/gm, '')
    .split(/\n|\s&&\s/)
    .map((line) => line.replace(/^\$ /, '').trim())
    .filter(Boolean);
}
