/** A tensor as the fixtures store it. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

// The harness reads its own files with its own few lines: the reader under test must not vouch for itself.
const views: Readonly<Record<string, (bytes: ArrayBuffer) => StoredTensor['values']>> = {
  F32: (bytes) => new Float32Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  I64: (bytes) => Int32Array.from(new BigInt64Array(bytes), Number),
};

/** Tensors of a trusted `.safetensors` file by name. */
export function readStored(file: Uint8Array): Map<string, StoredTensor> {
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const view = views[entry.dtype];
    if (!view) throw new Error(`${name}: the harness does not read ${entry.dtype}.`);
    const [start, end] = entry.data_offsets;
    tensors.set(name, { shape: entry.shape, values: view(file.slice(8 + length + start, 8 + length + end).buffer) });
  }
  return tensors;
}
