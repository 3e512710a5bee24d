// Which variant of an attention program a call takes, and the parameters that all of them have.
import type { Spec } from '@paperzoo/core';
import type { WebgpuArg, WebgpuContext, WebgpuHandle } from '../context';
import type { Program } from '../gpu/program';
import { SIDE, type AttentionVariant, type Matrix } from './attention-tile';
import { broadcastStrides, merged, walkValues } from './indexing';

export interface AttentionAttrs {
  readonly scale: number | null;
  readonly causal: boolean;
}

/** One call of attention or of its gradient: N queries, M keys, widths D and E, leading axes and how far each operand moves along them. */
export interface AttentionCall {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly e: number;
  readonly products: number;
  readonly operands: Readonly<Partial<Record<Matrix['name'], WebgpuArg>>>;
  readonly bias: WebgpuArg | undefined;
  readonly lead: readonly number[];
  readonly scale: number;
  readonly causal: boolean;
}

export function attentionCall(
  operands: Readonly<Record<'q' | 'k' | 'v', WebgpuArg>> & { readonly g?: WebgpuArg },
  bias: WebgpuArg | undefined,
  lead: readonly number[],
  { scale, causal }: AttentionAttrs,
): AttentionCall {
  const [n, d] = operands.q.shape.slice(-2) as [number, number];
  const [m, e] = operands.v.shape.slice(-2) as [number, number];
  const products = lead.reduce((a, b) => a * b, 1);
  return { n, m, d, e, products, operands, bias, lead, scale: scale ?? Math.max(1, d) ** -0.5, causal };
}

/** A program's kind: what distinguishes it beside the variant, and how it is made. */
export interface AttentionPass {
  readonly name: string;
  readonly rows: AttentionVariant['rows'];
  readonly matrices: readonly Matrix[];
  /** Width of the result; 0 where it has no columns. */
  readonly width: number;
  make(variant: AttentionVariant, vectors: number): Program;
}

/** Leading axes of most calls; shorter ones are filled up, so that they share a program. */
const USUAL_RANK = 2;

/** Runs one pass; `ins` are what the program reads beside its matrices and the bias. */
export function runPass(
  ctx: WebgpuContext,
  call: AttentionCall,
  pass: AttentionPass,
  ins: readonly WebgpuHandle[],
  outs: readonly WebgpuHandle[],
): void {
  const { n, m, d, e, products, operands, bias, lead, scale, causal } = call;
  const args = pass.matrices.map(({ name }) => operands[name]!);
  const stepsOf = (x: Spec, tail: readonly number[]) => broadcastStrides(x.shape, [...lead, ...tail]);
  const biasSteps = bias ? stepsOf(bias, [n, m]) : [...lead, n, m].map(() => 0);
  const steps = [...args.map((x) => stepsOf(x, x.shape.slice(-2))), biasSteps];
  const found = merged(
    lead,
    steps.map((strides) => strides.slice(0, lead.length)),
  );
  const missing = Math.max(0, USUAL_RANK - found.sizes.length);
  const walk = {
    sizes: [...Array<number>(missing).fill(1), ...found.sizes],
    strides: found.strides.map((strides) => [...Array<number>(missing).fill(0), ...strides]),
  };
  let vectors = 1;
  while (vectors < 4 && SIDE * vectors < pass.width) vectors *= 2;
  const chunks = Math.max(1, Math.ceil(pass.width / (SIDE * vectors)));
  const tiles = Math.ceil((pass.rows === 'queries' ? n : m) / SIDE);
  const variant: AttentionVariant = { rows: pass.rows, quads: d % 4 === 0 && e % 4 === 0, rank: walk.sizes.length };
  ctx.dispatch(`${pass.name}/${vectors}/${variant.quads}/${variant.rank}`, () => pass.make(variant, vectors), {
    // Something must be bound where there is no bias.
    ins: [...args.map((x) => x.buffer), (bias ?? args[0]!).buffer, ...ins],
    outs,
    params: [
      ...[n, m, d, e, tiles, chunks, scale, Number(causal), Number(bias !== undefined)],
      ...[biasSteps.at(-2)!, biasSteps.at(-1)!, ...walkValues(walk)],
    ],
    size: products * tiles * chunks,
  });
}
