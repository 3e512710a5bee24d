import { basename } from 'node:path';
import { milliseconds } from '../terminal/numbers';
import { writeTable } from '../terminal/table';
import { wrapText } from '../terminal/wrap';
import type { Terminal } from '../terminal/terminal';
import type { Answer } from './run';

/** Says what a model can tell apart at all: it gives one of these answers to any image. */
export function writeClasses(terminal: Terminal, classes: readonly string[]): void {
  const text = `It knows ${classes.length} classes and takes every image for one of them: ${classes.join(', ')}.`;
  for (const line of wrapText(text, Math.min(terminal.width, 80))) terminal.write(terminal.colors.dim(line));
}

/** Writes the most probable classes of one image, or why there are none. */
export function writeScores(terminal: Terminal, answer: Answer): void {
  const { colors } = terminal;
  if ('error' in answer) {
    const { message, remedy } = answer.error;
    terminal.tell('error', remedy ? `${message} ${remedy}` : message);
    return;
  }
  terminal.write();
  terminal.write(`${colors.bold(basename(answer.file))}  ${colors.dim(milliseconds(answer.ms))}`);
  writeTable(
    terminal,
    [
      { title: '#', align: 'right' },
      { title: 'CLASS', align: 'right' },
      { title: 'LABEL', wrap: true },
      { title: 'SCORE', align: 'right' },
    ],
    answer.top.map(({ index, label, score }, rank) => [
      String(rank + 1),
      String(index),
      label ?? '–',
      `${(score * 100).toFixed(2)} %`,
    ]),
  );
}
