/** A safetensors file from a header of any kind, honest or not. */
export function file(header: unknown, data: Uint8Array | number = 0, claimed?: number | bigint): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const head = new TextEncoder().encode(text);
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const out = new Uint8Array(8 + head.length + body.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(claimed ?? head.length), true);
  out.set(head, 8);
  out.set(body, 8 + head.length);
  return out;
}

/** A header entry. */
export const entry = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

/** The error that `action` throws or rejects with. */
export async function errorOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error('no error was thrown');
}
