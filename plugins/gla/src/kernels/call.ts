import type { Arg } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { sequences, type GlaAttrs, type GlaSizes } from '../ops/gla-shapes';

/** The words of `Call` in assembly/call.ts, in order. */
const WORDS = [
  ...['H', 'K', 'V', 'C', 'step', 'scale', 'limit', 'spans', 'q', 'k', 'v', 'g', 'gToken', 'gHead', 'gWide'],
  ...['gv', 'bonus', 'initial', 'o', 'final', 'tiles', 'tileWidth', 'grain', 'scratch', 'slot'],
  ...['dO', 'dFinal', 'dq', 'dk', 'dv', 'dg', 'dInitial', 'dgKind', 'dgv', 'dBonus'],
] as const;
const FLOATS = ['scale', 'limit'];

type Ptr = Arg<number>;

/** Arguments by name; what is left out is 0, which means absent. */
export type CallWords = Partial<Record<(typeof WORDS)[number], number>>;

export interface CallInputs {
  readonly q: Ptr;
  readonly k: Ptr;
  readonly v: Ptr;
  readonly g: Ptr | undefined;
  readonly gv: Ptr | undefined;
  readonly initial: Ptr | undefined;
  readonly bonus: Ptr | undefined;
}

/** How the addresses of a gate follow from token and head, in bytes. */
function gateWords(sizes: GlaSizes, g: number | undefined, zero: number): CallWords {
  const { H, K, gate } = sizes;
  if (gate === 'none' || g === undefined) return { g: zero };
  if (gate === 'constant') return { g, gHead: 4 };
  if (gate === 'scalar') return { g, gToken: 4 * H, gHead: 4 };
  return { g, gToken: 4 * H * K, gHead: 4 * K, gWide: 1 };
}

/** Writes a call's words and the table of its sequences into scratch; returns the address. */
export function writeCall(ctx: WasmContext, sizes: GlaSizes, attrs: GlaAttrs, ins: CallInputs, own: CallWords): number {
  const spans = sequences(sizes, attrs.cuSeqlens).flatMap(({ batch, begin, end }) => [
    batch * sizes.T + (attrs.reverse ? end - 1 : begin),
    end - begin,
  ]);
  const at = ctx.scratch(4 * (WORDS.length + 1 + spans.length));
  const zero = at + 4 * WORDS.length;
  const words: CallWords = {
    H: sizes.H,
    K: sizes.K,
    V: sizes.V,
    step: attrs.reverse ? -1 : 1,
    scale: sizes.scale,
    spans: zero + 4,
    q: ins.q.buffer,
    k: ins.k.buffer,
    v: ins.v.buffer,
    ...gateWords(sizes, ins.g?.buffer, zero),
    gv: ins.gv?.buffer ?? 0,
    bonus: ins.bonus?.buffer ?? 0,
    initial: ins.initial?.buffer ?? 0,
    ...own,
  };
  const { i32, f32 } = ctx;
  WORDS.forEach((name, i) => ((FLOATS.includes(name) ? f32 : i32)[at / 4 + i] = words[name] ?? 0));
  i32[zero / 4] = 0;
  i32.set(spans, zero / 4 + 1);
  return at;
}
