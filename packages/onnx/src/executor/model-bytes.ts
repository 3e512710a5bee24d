import type { OnnxExport } from '../export';

/** A serialized model with the files that lie beside it. */
export interface ModelBytes {
  /** A serialized ModelProto. */
  readonly bytes: Uint8Array;
  readonly externalData?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** An export with everything in memory, as onnxruntime wants it. */
export async function inMemory({ bytes, externalData = [] }: OnnxExport): Promise<ModelBytes> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { name, size, chunks } of externalData) {
    const whole = new Uint8Array(size);
    let at = 0;
    for await (const chunk of chunks()) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    files.push({ name, bytes: whole });
  }
  return { bytes, externalData: files };
}
