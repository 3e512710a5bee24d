import { AttrError, ShapeError, type Spec } from '@paperzoo/core';

/** How the row decay is given: not at all, one number per head, one per head and token, or one per key channel. */
export type GateKind = 'none' | 'constant' | 'scalar' | 'vector';

export interface GlaAttrs {
  readonly scale: number | null;
  readonly reverse: boolean;
  readonly exclusive: boolean;
  readonly cuSeqlens: readonly number[] | null;
}

/** Sizes of one call, in the paper's letters: B batch, T tokens, H heads, K and V widths of a head, N sequences. */
export interface GlaSizes {
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly K: number;
  readonly V: number;
  readonly N: number;
  readonly gate: GateKind;
  readonly scale: number;
}

type Optional = Spec | undefined;

const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** Throws `ShapeError` unless a present input has this shape. */
export function wantShape(
  op: string,
  argument: string,
  spec: Optional,
  shape: readonly number[],
  meaning: string,
): void {
  if (!spec || (spec.shape.length === shape.length && spec.shape.every((n, i) => n === shape[i]))) return;
  throw new ShapeError(`${op}: ${argument} must be ${meaning} = ${show(shape)}, got ${show(spec.shape)}.`, {
    op,
    argument,
    expected: shape,
    got: spec.shape,
  });
}

/** Where sequence n begins and ends in the packed batch; whole rows when nothing is packed. */
export function sequences(sizes: { B: number; T: number }, cuSeqlens: readonly number[] | null) {
  if (cuSeqlens) return cuSeqlens.slice(1).map((end, n) => ({ batch: 0, begin: cuSeqlens[n]!, end }));
  return Array.from({ length: sizes.B }, (_, batch) => ({ batch, begin: 0, end: sizes.T }));
}

/** Throws `AttrError` unless the offsets cut a batch of one into sequences. */
export function checkPacking(op: string, cu: readonly number[], B: number, T: number): void {
  const ordered = cu.every((at, i) => i === 0 || at >= cu[i - 1]!);
  if (B !== 1 || cu.length < 2 || cu[0] !== 0 || cu.at(-1) !== T || !ordered) {
    throw new AttrError(
      `${op}: cuSeqlens needs a batch of 1 and must rise from 0 to the ${T} tokens, got batch ${B} and ${show(cu)}.`,
      { op, argument: 'cuSeqlens', expected: [0, T], got: cu },
    );
  }
}

/** Checks all inputs of `gla` and works out its sizes. */
export function glaSizes(
  op: string,
  [q, k, v, g, gv, initialState, bonus]: readonly [Spec, Spec, Spec, Optional, Optional, Optional, Optional],
  { scale, exclusive, cuSeqlens }: GlaAttrs,
): GlaSizes {
  if (q.shape.length !== 4) {
    throw new ShapeError(`${op}: q must be [batch, tokens, heads, key width], got ${show(q.shape)}.`, {
      op,
      argument: 'q',
      got: q.shape,
    });
  }
  const [B, T, H, K] = q.shape as readonly [number, number, number, number];
  wantShape(op, 'k', k, q.shape, 'as q');
  const V = v.shape[3] ?? 0;
  wantShape(op, 'v', v, [B, T, H, V], '[batch, tokens, heads, value width] with the first three of q');
  if (K === 0 || V === 0) {
    throw new ShapeError(`${op}: key and value width must be at least 1, got ${K} and ${V}.`, {
      op,
      argument: K ? 'v' : 'k',
    });
  }
  if (cuSeqlens) checkPacking(op, cuSeqlens, B, T);
  const N = cuSeqlens ? cuSeqlens.length - 1 : B;
  const gate = gateKind(op, g, B, T, H, K);
  wantShape(op, 'gv', gv, [B, T, H, V], 'as v');
  wantShape(op, 'initialState', initialState, [N, H, K, V], '[sequences, heads, key width, value width]');
  wantShape(op, 'bonus', bonus, [H, K], '[heads, key width]');
  if (exclusive !== (bonus !== undefined)) {
    throw new AttrError(
      `${op}: exclusive reading and a bonus [heads, key width] go together; one of them is missing.`,
      {
        op,
        argument: bonus ? 'exclusive' : 'bonus',
      },
    );
  }
  return { B, T, H, K, V, N, gate, scale: scale ?? K ** -0.5 };
}

function gateKind(op: string, g: Optional, B: number, T: number, H: number, K: number): GateKind {
  if (!g) return 'none';
  const kinds: readonly [GateKind, readonly number[]][] = [
    ['constant', [H]],
    ['scalar', [B, T, H]],
    ['vector', [B, T, H, K]],
  ];
  const match = kinds.find(([, shape]) => shape.length === g.shape.length);
  if (!match) {
    throw new ShapeError(`${op}: g must be [heads], [batch, tokens, heads] or the shape of k, got ${show(g.shape)}.`, {
      op,
      argument: 'g',
      got: g.shape,
    });
  }
  wantShape(
    op,
    'g',
    g,
    match[1],
    match[0] === 'vector' ? 'as k' : match[0] === 'scalar' ? '[batch, tokens, heads]' : '[heads]',
  );
  return match[0];
}
