import { FormatError } from '@paperzoo/core';
import type { OnnxExport } from '../export';
import type { OnnxModel, Weight } from '../model/onnx-graph';
import type { ExportOptions } from '../options';
import { encode, type Placement } from './encode';
import { validate } from './validate';

/** Protobuf messages end at 2 GiB; a little is left for everything that is not weights. */
const MOST_INLINE = 2 ** 31 - 2 ** 24;
/** Where runtimes map a file into memory, pages must begin at such offsets. */
const ALIGNMENT = 4096;

/** The file's bytes, and the file of weights beside it where there is one. */
export async function write(
  model: OnnxModel,
  { externalData }: ExportOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Pick<OnnxExport, 'bytes' | 'externalData'>> {
  validate(model);
  const { weights } = model.graph;
  const total = [...weights.values()].reduce((sum, weight) => sum + weight.bytes, 0);
  const placements = new Map<string, Placement>();
  if (externalData === undefined && total <= MOST_INLINE) {
    let done = 0;
    for (const [name, weight] of weights) {
      placements.set(name, { data: await bytesOf(weight) });
      onProgress((done += weight.bytes), total);
    }
    return { bytes: encode(model, placements) };
  }
  const file = externalData ?? 'weights.bin';
  if (!/^[\w-][\w.-]*$/.test(file)) {
    throw new FormatError(`externalData must be a plain file name, got "${file}".`, {
      argument: 'externalData',
      got: file,
    });
  }
  const laid: { weight: Weight; offset: number }[] = [];
  let end = 0;
  for (const [name, weight] of weights) {
    // Small ones stay inside, where a runtime's shape inference sees them.
    if (weight.bytes < 1024 && weight.data) {
      placements.set(name, { data: await bytesOf(weight) });
      continue;
    }
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    placements.set(name, { file, offset });
    laid.push({ weight, offset });
    end = offset + weight.bytes;
  }
  const size = end;
  async function* chunks() {
    let at = 0;
    for (const { weight, offset } of laid) {
      if (offset > at) yield new Uint8Array(offset - at);
      yield await bytesOf(weight);
      at = offset + weight.bytes;
      onProgress(at, size);
    }
  }
  return { bytes: encode(model, placements), externalData: [{ name: file, size, chunks }] };
}

async function bytesOf(weight: Weight): Promise<Uint8Array> {
  const data = weight.data ?? (await weight.read());
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
