import { ModelError } from '@paperzoo/core';
import type { HostTensor } from '@paperzoo/nn';

type Words = (new (buffer: ArrayBufferLike, offset: number, length: number) => Uint16Array | Uint32Array) & {
  readonly BYTES_PER_ELEMENT: number;
};

/** Position of the first word whose bits of `mask` are all set; one loop per dtype, because a shared one runs at half the speed. */
const search = (mask: number) => (words: ArrayLike<number>) => {
  for (let i = 0; i < words.length; i++) if ((words[i]! & mask) === mask) return i;
  return -1;
};

/** Exponent bits that mean infinity or not-a-number, by float dtype. */
const EXPONENT: Readonly<Record<string, { find: (words: ArrayLike<number>) => number; view: Words }>> = {
  F32: { find: search(0x7f800000), view: Uint32Array },
  F16: { find: search(0x7c00), view: Uint16Array },
  BF16: { find: search(0x7f80), view: Uint16Array },
};

/**
 * Refuses values that no training leaves behind: NaN, infinities, negative running variances.
 * @throws ModelError naming the tensor
 */
export function checkValues(model: string, state: ReadonlyMap<string, HostTensor>): void {
  for (const [key, tensor] of state) {
    const at = firstNotFinite(tensor);
    if (at >= 0) refuse(model, key, tensor, at, `holds ${tensor.toF32()[at]} at element ${at}`, 'finite values');
    if (!key.endsWith('running_var')) continue;
    const negative = tensor.toF32().findIndex((value) => value < 0);
    if (negative < 0) continue;
    const problem = `is negative at element ${negative}; a variance cannot be`;
    refuse(model, key, tensor, negative, problem, 'values of at least 0');
  }
}

function refuse(model: string, key: string, tensor: HostTensor, at: number, problem: string, expected: string): never {
  throw new ModelError(`${model}: ${key} ${problem}.`, {
    argument: key,
    expected,
    got: tensor.toF32()[at],
    ...('file' in tensor ? { file: String(tensor.file) } : {}),
  });
}

/** Reads bits, not numbers: half-precision checkpoints need no widening for it. */
function firstNotFinite({ dtype, bytes }: HostTensor): number {
  const kind = EXPONENT[dtype];
  if (!kind) return -1;
  const width = kind.view.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return kind.find(new kind.view(aligned.buffer, aligned.byteOffset, aligned.byteLength / width));
}
