import * as core from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { Program } from '../gpu/program';

interface PadAttrs {
  readonly pad: readonly number[];
  readonly mode: 'constant' | 'reflect';
  readonly value: number;
}

/** Parameters per axis: output size, input size, amount before. */
function padProgram(rank: number, reflect: boolean): Program {
  const axes = Array.from({ length: rank }, (_, k) => k);
  const mirror = (k: number) =>
    `if (at${k} < 0) { at${k} = -at${k}; } if (at${k} >= p.n${k}) { at${k} = 2 * (p.n${k} - 1) - at${k}; }`;
  const lines = ['var rest = i;', 'var origin = 0;', 'var step = 1;', 'var inside = true;'];
  for (const k of axes.reverse()) {
    lines.push(`var at${k} = i32(rest % p.size${k}) - p.before${k}; rest = rest / p.size${k};`);
    if (reflect) lines.push(mirror(k));
    lines.push(`inside = inside && at${k} >= 0 && at${k} < p.n${k}; origin += at${k} * step; step *= p.n${k};`);
  }
  lines.push('if (inside) { ys[i] = xs[u32(origin)]; } else { ys[i] = p.value; }');
  return {
    ins: [['xs', 'u32']],
    outs: [['ys', 'u32']],
    params: ['value', ...Array.from({ length: rank }, (_, k) => [`size${k}`, `n${k}:i32`, `before${k}:i32`]).flat()],
    body: lines.join('\n  '),
  };
}

/** The 32 bits that stand for a number in this type. */
function bitsOf(value: number, dtype: core.DType): number {
  if (dtype === 'f32') return new Uint32Array(Float32Array.of(value).buffer)[0]!;
  return dtype === 'u8' ? Uint8Array.of(value)[0]! : value >>> 0;
}

interface Axis {
  size: number;
  n: number;
  before: number;
  plain: boolean;
}

/** Axes without padding join the one before them: only constants can be merged so, mirrors are per axis. */
function axesOf(shape: readonly number[], out: readonly number[], attrs: PadAttrs): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((n, k) => {
    const [before] = core.padOf(attrs.pad, shape.length, k);
    const plain = before === 0 && out[k] === n;
    const last = axes.at(-1);
    if (last && plain && attrs.mode === 'constant') {
      last.size *= n;
      last.n *= n;
      last.before *= n;
    } else axes.push({ size: out[k]!, n, before, plain });
  });
  return axes;
}

export const padKernels = [
  webgpuKernel<PadAttrs>(core.pad, {
    dtypes: ['f32', 'i32', 'u8'],
    run(ctx, [x], [y], attrs) {
      const axes = axesOf(x!.shape, y!.shape, attrs);
      const reflect = attrs.mode === 'reflect';
      ctx.dispatch(`pad/${attrs.mode}/${axes.length}`, () => padProgram(axes.length, reflect), {
        ins: [x!.buffer],
        outs: [y!.buffer],
        params: [bitsOf(attrs.value, x!.dtype), ...axes.flatMap(({ size, n, before }) => [size, n, before])],
        size: y!.size,
      });
    },
  }),
];
