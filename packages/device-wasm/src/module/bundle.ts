import { decodeBase64 } from './base64';

/** Modules as tools/asc.mjs packs them: each cut into `stripes`, stripes of one place side by side, deflated, base64. */
export interface Bundle {
  readonly packed: string;
  /** Bytes of each module. */
  readonly sizes: readonly number[];
  readonly stripes: number;
}

/** The bytes of one module of a bundle. */
export async function unpackModule({ packed, sizes, stripes }: Bundle, index: number): Promise<Uint8Array> {
  const bytes = await inflate(decodeBase64(packed));
  const module = new Uint8Array(sizes[index]!);
  let from = 0;
  for (let i = 0; i < stripes; i++) {
    sizes.forEach((size, k) => {
      const [start, end] = [Math.floor((size * i) / stripes), Math.floor((size * (i + 1)) / stripes)];
      if (k === index) module.set(bytes.subarray(from, from + end - start), start);
      from += end - start;
    });
  }
  return module;
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
