import { FormatError } from '@paperzoo/core';

/** Throws `FormatError` for what a sound model cannot hold. `where` names the graph, node or tensor. */
export type Refuse = (where: string, why: string) => never;

/** A `Refuse` that knows the file's name. */
export const refuser =
  (file: string | undefined): Refuse =>
  (where, why) => {
    throw new FormatError(`${file ?? 'These bytes'}: not a sound ONNX model: ${where} ${why}.`, { file, where });
  };

/** A name from a file as messages show it; what would steer a terminal is left out. */
export const shown = (name: string): string =>
  `"${(name.length > 80 ? `${name.slice(0, 80)}…` : name).replace(/\p{Cc}/gu, '\uFFFD')}"`;
