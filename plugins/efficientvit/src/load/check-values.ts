import { ModelError } from '@paperzoo/core';
import type { HostTensor } from '@paperzoo/nn';

type Words = (new (buffer: ArrayBufferLike, offset: number, length: number) => Uint16Array | Uint32Array) & {
  readonly BYTES_PER_ELEMENT: number;
};

/** Exponent bits that mean infinity or not-a-number, by float dtype. */
const EXPONENT: Readonly<Record<string, { mask: number; view: Words }>> = {
  F32: { mask: 0x7f800000, view: Uint32Array },
  F16: { mask: 0x7c00, view: Uint16Array },
  BF16: { mask: 0x7f80, view: Uint16Array },
};

/**
 * Refuses values that no training leaves behind: NaN, infinities, negative running variances.
 * @throws ModelError naming the tensor
 */
export function checkValues(model: string, state: ReadonlyMap<string, HostTensor>): void {
  for (const [key, tensor] of state) {
    const where = { argument: key, ...('file' in tensor ? { file: String(tensor.file) } : {}) };
    const at = firstNotFinite(tensor);
    if (at >= 0) {
      throw new ModelError(`${model}: ${key} holds ${tensor.toF32()[at]} at element ${at}.`, {
        ...where,
        expected: 'finite values',
        got: tensor.toF32()[at],
      });
    }
    if (!key.endsWith('running_var')) continue;
    const negative = tensor.toF32().findIndex((value) => value < 0);
    if (negative < 0) continue;
    throw new ModelError(`${model}: ${key} is negative at element ${negative}; a variance cannot be.`, {
      ...where,
      expected: 'values of at least 0',
      got: tensor.toF32()[negative],
    });
  }
}

/** Reads bits, not numbers: half-precision checkpoints need no widening for it. */
function firstNotFinite({ dtype, bytes }: HostTensor): number {
  const kind = EXPONENT[dtype];
  if (!kind) return -1;
  const aligned = bytes.byteOffset % kind.view.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const words = new kind.view(aligned.buffer, aligned.byteOffset, aligned.byteLength / kind.view.BYTES_PER_ELEMENT);
  const { mask } = kind;
  for (let i = 0; i < words.length; i++) if ((words[i]! & mask) === mask) return i;
  return -1;
}
