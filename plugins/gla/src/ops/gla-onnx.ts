import type { OnnxCall, OnnxRule } from '@paperzoo/onnx';
import type { GlaAttrs } from './gla-shapes';

type Dim = OnnxCall['outs'][0]['dims'][number];

/** One run over tokens of all rows of a batch, in the paper's letters; every tensor by name, as [B, T, H, ·]. */
export interface Run {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  /** exp of the log decay, broadcastable to [B, T, H, K, 1], or one per head as [1, H, 1, 1]. */
  readonly decay: { readonly of: 'token' | 'head'; readonly name: string } | undefined;
  /** exp of the log decay of the state's columns, [B, T, H, 1, V]. */
  readonly columns: string | undefined;
  /** [B, H, K, V]. */
  readonly state: string;
  readonly B: Dim;
  readonly T: Dim;
}

/**
 * Gated linear attention in ONNX nodes: a Scan over the tokens whose carried value is the state, so that the file does not grow with the tokens
 * and their number stays open; a single token needs no loop. Packed sequences are one loop each. The form `contrib` uses onnxruntime's own op where
 * it covers the call.
 */
export const glaOnnx: OnnxRule = {
  metadata: {
    'gla.gla':
      'One token after the other: decays are multiplied and never divided by, so no bound on the gates is assumed.',
  },
  lower(call) {
    const { scale, cuSeqlens, exclusive, reverse } = call.attrs as GlaAttrs;
    const [q, k, v, g, gv, initial, bonus] = call.ins as readonly (string | undefined)[];
    const [B, T] = call.specs[0]!.dims as readonly [Dim, Dim];
    const [H, K, V] = [call.fixed(0, 2), call.fixed(0, 3), call.fixed(2, 3)];
    if (call.form === 'contrib' && isPlain(call)) return linearAttention(call, { B, T, H, K, V });
    const scaled = call.add('Mul', [q, call.scalar(scale ?? K ** -0.5)]);
    const decays = g ? decayOf(call, g) : undefined;
    const columns = gv && call.add('Unsqueeze', [call.add('Exp', [gv]), call.ints([3])]);
    const N = call.outs[1]!.dims[0]!;
    const start = initial ?? call.fill([N, H, K, V], 0, 'f32');
    const whole = { q: scaled, k: k!, v: v!, decay: decays, columns, state: start, B, T };
    const shape = { H, K, V, exclusive, reverse };
    const [o, state] = cuSeqlens ? packed(call, whole, cuSeqlens, shape) : run(call, whole, shape);
    if (!bonus) return [o, state];
    // The token itself, which the state does not hold yet: ((q ⊙ u) · k) v.
    const product = call.add('Mul', [call.add('Mul', [scaled, bonus]), k]);
    const own = call.add('Mul', [call.add('ReduceSum', [product, call.ints([-1])]), v]);
    return [call.add('Add', [o, own]), state];
  },
};

interface Shape {
  readonly H: number;
  readonly K: number;
  readonly V: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** What onnxruntime's op of this name covers: whole rows read forwards, with a decay per token or none, and a scale that it does not take for absent. */
function isPlain(call: OnnxCall): boolean {
  const { scale, cuSeqlens, reverse } = call.attrs as GlaAttrs;
  const [, , , g, gv, , bonus] = call.specs;
  const some = call.specs[0]!.shape.every((n) => n > 0);
  return some && scale !== 0 && !cuSeqlens && !reverse && !gv && !bonus && g?.dims.length !== 1;
}

/** `com.microsoft.LinearAttention`, which takes heads packed into the last axis. */
function linearAttention(
  call: OnnxCall,
  { B, T, H, K, V }: { readonly B: Dim; readonly T: Dim; readonly H: number; readonly K: number; readonly V: number },
): [string, string] {
  const [q, k, v, g, , initial] = call.ins as readonly [string, string, string, string?, string?, string?];
  const pack = (x: string, width: number) => call.reshape(x, [B, T, H, width], [B, T, H * width]);
  // Per token and head there is nothing to pack.
  const decay = g && (call.specs[3]!.dims.length === 3 ? g : pack(g, K));
  const { scale } = call.attrs as GlaAttrs;
  const [o, state] = call.addMany(
    'LinearAttention',
    [pack(q, K), pack(k, K), pack(v, V), initial, decay],
    2,
    {
      q_num_heads: { int: H },
      kv_num_heads: { int: H },
      update_rule: { string: g ? 'gated' : 'linear' },
      scale: { float: scale ?? K ** -0.5 },
    },
    'com.microsoft',
  );
  return [call.reshape(o!, [B, T, H * V], [B, T, H, V]), state!];
}

function decayOf(call: OnnxCall, g: string): Run['decay'] {
  const rank = call.specs[3]!.dims.length;
  const decay = call.add('Exp', [g]);
  if (rank === 1) return { of: 'head', name: call.reshape(decay, [], [1, call.fixed(3, 0), 1, 1]) };
  return { of: 'token', name: call.add('Unsqueeze', [decay, call.ints(rank === 3 ? [3, 4] : [4])]) };
}

/** One sequence after the other, each with its own part of the state. */
function packed(call: OnnxCall, whole: Run, cu: readonly number[], shape: Shape): [string, string] {
  const part = (x: string, axis: number, from: number, to: number) =>
    call.add('Slice', [x, call.ints([from]), call.ints([to]), call.ints([axis])]);
  const outs: string[] = [];
  const states: string[] = [];
  cu.slice(1).forEach((end, n) => {
    const begin = cu[n]!;
    const state = part(whole.state, 0, n, n + 1);
    if (begin === end) {
      states.push(state);
      return;
    }
    const tokens = (x: string) => part(x, 1, begin, end);
    const decay = whole.decay?.of === 'token' ? { of: 'token' as const, name: tokens(whole.decay.name) } : whole.decay;
    const { q, k, v, columns } = whole;
    const own = { q: tokens(q), k: tokens(k), v: tokens(v), decay, columns: columns && tokens(columns), state };
    const [o, after] = run(call, { ...own, B: 1, T: end - begin }, shape);
    outs.push(o);
    states.push(after);
  });
  const o =
    outs.length > 0 ? call.add('Concat', outs, { axis: { int: 1 } }) : call.fill([1, 0, shape.H, shape.V], 0, 'f32');
  return [o, call.add('Concat', states, { axis: { int: 0 } })];
}

function run(call: OnnxCall, { q, k, v, decay, columns, state, B, T }: Run, shape: Shape): [string, string] {
  const { H, K, V, exclusive, reverse } = shape;
  if (T === 0) return [call.fill([B, 0, H, V], 0, 'f32'), call.add('Identity', [state])];
  // Rows of q, columns of k and rows of v, so that a step multiplies without reshaping.
  const at = (x: string, axis: number) => call.add('Unsqueeze', [x, call.ints([axis])]);
  const scanned = [at(q, 3), at(k, 4), at(v, 3)];
  const parts = [[H, 1, K], [H, K, 1], [H, 1, V]]; // prettier-ignore
  if (decay?.of === 'token') {
    scanned.push(decay.name);
    parts.push([H, call.specs[3]!.dims.length === 3 ? 1 : K, 1]);
  }
  if (columns) {
    scanned.push(columns);
    parts.push([H, 1, V]);
  }
  const step = (to: Pick<OnnxCall, 'add'>, S: string, token: readonly string[]): [string, string] => {
    const [qt, kt, vt, ...decays] = token as readonly [string, string, string];
    const factors: string[] = [...(decay?.of === 'head' ? [decay.name] : []), ...decays];
    const kept = factors.reduce((kept, factor) => to.add('Mul', [kept, factor]), S);
    const next = to.add('Add', [kept, to.add('Mul', [kt, vt])]);
    return [next, to.add('MatMul', [qt, exclusive ? S : next])];
  };
  if (T === 1) {
    const token = scanned.map((x, i) => call.reshape(x, [B, 1, ...parts[i]!], [B, ...parts[i]!]));
    const [next, o] = step(call, state, token);
    return [call.reshape(o, [B, H, 1, V], [B, 1, H, V]), next];
  }
  const f32 = (dims: readonly Dim[]) => ({ type: 'f32', dims }) as const;
  const body = call.graph(
    [f32([B, H, K, V]), ...parts.map((part) => f32([B, ...part]))],
    [f32([B, H, K, V]), f32([B, H, 1, V])],
    (to, [S, ...token]) => step(to, S!, token),
  );
  const direction = { ints: scanned.map(() => (reverse ? 1 : 0)) };
  const [after, o] = call.addMany('Scan', [state, ...scanned], 2, {
    body,
    num_scan_inputs: { int: scanned.length },
    scan_input_axes: { ints: scanned.map(() => 1) },
    scan_output_axes: { ints: [1] },
    scan_input_directions: direction,
    scan_output_directions: { ints: [reverse ? 1 : 0] },
  });
  return [call.reshape(o!, [B, T, H, 1, V], [B, T, H, V]), after!];
}
