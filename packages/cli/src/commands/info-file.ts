import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FormatError } from '@paperzoo/core';
import type { GraphSummary, OnnxSummary, OnnxValue } from '@paperzoo/onnx';
import { CommandError } from '../command-error';
import type { Context } from '../context';
import { writeFacts } from '../terminal/facts';
import { bytes, short } from '../terminal/numbers';
import { printable } from '../terminal/printable';
import { writeTable } from '../terminal/table';

/** Names that `info` takes for files: ONNX, and graphs as `saveGraph` writes them. */
export const isModelFile = (name: string): boolean => /\.(onnx|json)$/i.test(name);

/** Bytes that are read into memory: protobuf ends there, and a graph of a million nodes takes less as JSON. */
const MOST = { onnx: 2 ** 31 - 1, json: 2 ** 28 } as const;

/** `paperzoo info FILE`: what a model's file says of itself. It is not run, and nothing in it is trusted. */
export async function infoFile(context: Context, path: string): Promise<void> {
  const isOnnx = /\.onnx$/i.test(path);
  const content = await readBounded(path, isOnnx ? MOST.onnx : MOST.json);
  if (isOnnx) {
    const { inspectOnnx } = await import('@paperzoo/onnx');
    const summary = inspectOnnx(content, { file: path });
    const external = await Promise.all(summary.externalFiles.map(async (name) => beside(path, name)));
    context.terminal.result({ file: path, bytes: content.length, ...summary, external }, () =>
      writeOnnx(context, path, content.length, summary, external),
    );
    return;
  }
  const { inspectGraph } = await import('@paperzoo/onnx');
  const summary = inspectGraph(parsed(content, path));
  context.terminal.result({ file: path, bytes: content.length, ...summary }, () =>
    writeGraph(context, path, content.length, summary),
  );
}

async function readBounded(path: string, most: number): Promise<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (cause) {
    throw new CommandError(`${path} could not be opened.`, { file: path, cause });
  }
  try {
    const about = await handle.stat();
    if (!about.isFile()) throw new CommandError(`${path} is no file.`, { file: path });
    if (about.size > most) {
      throw new FormatError(`${path} has ${about.size} bytes; files of this kind end at ${most}.`, {
        ...{ file: path, expected: most, got: about.size },
      });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function parsed(content: Uint8Array, path: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    const json: unknown = JSON.parse(text);
    // A file may hold the graph alone, or beside its constants as `saveGraph` gives both.
    return typeof json === 'object' && json !== null && 'json' in json ? json.json : json;
  } catch (cause) {
    throw new FormatError(`${path} is no JSON.`, { file: path, cause });
  }
}

/** A file that holds tensors, and its size; null when it is not there. */
interface Beside {
  readonly file: string;
  readonly bytes: number | null;
}

async function beside(path: string, name: string): Promise<Beside> {
  const found = await stat(join(dirname(path), name)).catch(() => undefined);
  return { file: name, bytes: found?.isFile() ? found.size : null };
}

function writeOnnx(
  { terminal }: Context,
  path: string,
  size: number,
  summary: OnnxSummary,
  external: readonly Beside[],
): void {
  const entries = (record: Readonly<Record<string, unknown>>) =>
    Object.entries(record)
      .map(([name, value]) => `${printable(name)} ${String(value)}`)
      .join(', ') || undefined;
  terminal.write(terminal.colors.bold(printable(path)));
  writeFacts(terminal, [
    ['format', `ONNX, version ${summary.irVersion} of the file format`],
    ['producer', printable(summary.producer) || undefined],
    ['opsets', entries(summary.opsets)],
    ['size', bytes(size)],
    ['parameters', `${short(summary.parameters)} (${summary.parameters}), ${bytes(summary.weightBytes)}`],
    ['outside', external.map(({ file, bytes: n }) => `${printable(file)} (${n === null ? 'missing' : bytes(n)})`).join(', ') || undefined], // prettier-ignore
    ['nodes', String(summary.nodes)],
    ['functions', summary.functions.map(printable).join(', ') || undefined],
    ...Object.entries(summary.metadata).map(([key, value]) => [printable(key), printable(value)] as const),
  ]);
  const port = (kind: string) => (value: OnnxValue) => [
    kind,
    printable(value.name),
    `${value.dtype ?? 'no tensor'}${value.dims ? `[${value.dims.map((dim) => printable(String(dim ?? '?'))).join(', ')}]` : ''}`,
  ];
  writePorts({ terminal }, [...summary.inputs.map(port('input')), ...summary.outputs.map(port('output'))]);
  writeCounts({ terminal }, 'OPERATOR', summary.operators);
}

function writeGraph({ terminal }: Pick<Context, 'terminal'>, path: string, size: number, summary: GraphSummary): void {
  terminal.write(terminal.colors.bold(printable(path)));
  writeFacts(terminal, [
    ['format', 'paperzoo graph, version 1'],
    ['size', bytes(size)],
    [
      'constants',
      `${summary.constants} by hash, ${short(summary.parameters)} elements, ${bytes(summary.constantBytes)}`,
    ],
    ['nodes', String(summary.nodes)],
  ]);
  const port = (kind: string) => (spec: GraphSummary['inputs'][number], i: number) => [
    kind,
    String(i),
    `${spec.dtype}[${spec.shape.join(', ')}]`,
  ];
  writePorts({ terminal }, [...summary.inputs.map(port('input')), ...summary.outputs.map(port('output'))]);
  writeCounts({ terminal }, 'OP', summary.ops);
}

function writePorts({ terminal }: Pick<Context, 'terminal'>, rows: readonly (readonly string[])[]): void {
  terminal.write();
  const wide = { wrap: true } as const;
  writeTable(terminal, [{ title: '' }, { title: 'NAME', ...wide }, { title: 'TYPE', ...wide }], rows);
}

function writeCounts(
  { terminal }: Pick<Context, 'terminal'>,
  title: string,
  counts: Readonly<Record<string, number>>,
): void {
  terminal.write();
  writeTable(
    terminal,
    [
      { title, wrap: true },
      { title: 'COUNT', align: 'right' },
    ],
    Object.entries(counts).map(([name, count]) => [printable(name), String(count)]),
  );
}
