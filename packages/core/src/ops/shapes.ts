import { sizeOf, type Spec } from '../dtype';
import { AttrError, ShapeError } from '../errors';
import { expand, reshape } from './shape';
import { sum } from './reduce';
import type { Tensor } from '../tensor';

export { sizeOf };
export const show = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** `dim` counted from the front; negative ones count from the back. */
export function axis(op: string, rank: number, dim: number, argument = 'dim'): number {
  const positive = dim < 0 ? dim + rank : dim;
  if (positive < 0 || positive >= rank) {
    const expected = rank ? `between ${-rank} and ${rank - 1}` : 'absent: the tensor has rank 0';
    throw new AttrError(`${op}: ${argument} must be ${expected}, got ${dim}.`, { op, argument, expected, got: dim });
  }
  return positive;
}

/** Several axes, sorted and distinct; null means all. */
export function axes(op: string, rank: number, dims: readonly number[] | null, argument = 'dim'): number[] {
  if (dims === null) return Array.from({ length: rank }, (_, i) => i);
  const found = dims.map((dim) => axis(op, rank, dim, argument)).sort((a, b) => a - b);
  if (new Set(found).size !== found.length)
    throw new AttrError(`${op}: ${argument} names an axis twice: ${show(dims)}.`, { op, argument, got: dims });
  return found;
}

/** NumPy's rule: align at the right; sizes must be equal or 1. */
export function broadcast(
  op: string,
  a: readonly number[],
  b: readonly number[],
  names: readonly [string, string] = ['input', 'other'],
): number[] {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${op}: ${names[0]} ${show(a)} and ${names[1]} ${show(b)} do not broadcast (axis ${rank - i}: ${m} against ${n}).`,
        {
          op,
          argument: names[1],
          expected: a,
          got: b,
        },
      );
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

export function wantRank(op: string, argument: string, spec: Spec, rank: number, meaning: string): void {
  if (spec.shape.length !== rank) {
    throw new ShapeError(`${op}: ${argument} must be ${meaning}, got ${show(spec.shape)}.`, {
      op,
      argument,
      expected: meaning,
      got: spec.shape,
    });
  }
}

export function wantShape(op: string, argument: string, spec: Spec | undefined, shape: readonly number[]): void {
  if (spec && (spec.shape.length !== shape.length || spec.shape.some((n, i) => n !== shape[i]))) {
    throw new ShapeError(`${op}: ${argument} must be ${show(shape)}, got ${show(spec.shape)}.`, {
      op,
      argument,
      expected: shape,
      got: spec.shape,
    });
  }
}

export function want(
  condition: boolean,
  op: string,
  argument: string,
  expected: string,
  got: unknown,
): asserts condition {
  if (!condition) {
    const shown = Array.isArray(got) ? show(got as number[]) : String(got);
    throw new ShapeError(`${op}: ${argument} must be ${expected}, got ${shown}.`, { op, argument, expected, got });
  }
}

/** Sums a gradient back to the shape that was broadcast. */
export function sumTo(grad: Tensor, shape: readonly number[]): Tensor {
  const lead = grad.shape.length - shape.length;
  const dims = grad.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  const summed = dims.length ? sum(grad, { dim: dims, keepdim: true }) : grad;
  return lead || dims.length ? reshape(summed, { shape }) : summed;
}

/** Spreads a reduced tensor back over the axes that were reduced. */
export function spread(reduced: Tensor, shape: readonly number[], dims: readonly number[]): Tensor {
  const kept = shape.map((n, i) => (dims.includes(i) ? 1 : n));
  return expand(reshape(reduced, { shape: kept }), { shape });
}
