/** The part of `Blob` that the reader needs. */
export interface BlobLike {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The part of Node's `FileHandle` that the reader needs. */
export interface FileHandleLike {
  stat(): Promise<{ readonly size: number }>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

export type ByteSource = Uint8Array | ArrayBuffer | BlobLike | FileHandleLike;

/** A file of known size that is read in ranges. */
export interface RandomAccess {
  readonly size: number;
  /** May return fewer bytes when the file shrank meanwhile. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Node reads at most 2 GiB at once. */
const STEP = 2 ** 30;

export async function randomAccess(source: BlobLike | FileHandleLike): Promise<RandomAccess> {
  if ('slice' in source) {
    const read = async (start: number, end: number) => new Uint8Array(await source.slice(start, end).arrayBuffer());
    return { size: source.size, read };
  }
  return {
    size: (await source.stat()).size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      let filled = 0;
      while (filled < bytes.length) {
        const want = Math.min(bytes.length - filled, STEP);
        const { bytesRead } = await source.read(bytes, filled, want, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === bytes.length ? bytes : bytes.subarray(0, filled);
    },
  };
}
