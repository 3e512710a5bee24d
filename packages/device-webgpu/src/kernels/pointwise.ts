// One result per index from operands that broadcast: the frame of every elementwise kernel.
import type { DType } from '@paperzoo/core';
import type { WebgpuArg, WebgpuContext } from '../context';
import type { Program } from '../gpu/program';
import type { WgslFunction } from '../wgsl/functions';
import { broadcastStrides, merged, walkCode, walkParams, walkValues } from './indexing';

export interface Pointwise {
  /** Names the program, together with the operands' types. */
  readonly name: string;
  /** An expression of the operands `a`, `b`, `c`. */
  readonly code: string;
  readonly uses?: readonly WgslFunction[];
}

const NAMES = ['a', 'b', 'c'] as const;
type Element = 'f32' | 'i32' | 'u32';
/** u8 and bool are 32-bit numbers on the adapter. */
export const elementOf = (dtype: DType): Element => (dtype === 'f32' || dtype === 'i32' ? dtype : 'u32');

export function pointwiseProgram(
  f: Pointwise,
  ins: readonly Element[],
  out: Element,
  rank: number,
  flat: boolean,
): Program {
  const names = NAMES.slice(0, ins.length);
  const walk = flat ? names.map((name) => `let ${name}At = i;`).join(' ') : walkCode(rank, names, 'u32');
  return {
    ins: ins.map((element, k) => [`${NAMES[k]!}Values`, element] as const),
    outs: [['ys', out]],
    params: flat ? [] : walkParams(rank, names, 'u32'),
    ...(f.uses && { uses: f.uses }),
    body: `${walk}\n  ${names.map((name) => `let ${name} = ${name}Values[${name}At];`).join(' ')}\n  ys[i] = ${f.code};`,
  };
}

export function runPointwise(ctx: WebgpuContext, f: Pointwise, ins: readonly WebgpuArg[], out: WebgpuArg): void {
  const types = ins.map((x) => elementOf(x.dtype));
  const element = elementOf(out.dtype);
  const flat = ins.every((x) => x.size === out.size);
  const walk = flat
    ? undefined
    : merged(
        out.shape,
        ins.map((x) => broadcastStrides(x.shape, out.shape)),
      );
  const rank = walk?.sizes.length ?? 0;
  ctx.dispatch(`${f.name}/${types.join()}/${element}/${rank}`, () => pointwiseProgram(f, types, element, rank, flat), {
    ins: ins.map((x) => x.buffer),
    outs: [out.buffer],
    params: walk ? walkValues(walk) : [],
    size: out.size,
  });
}
