import { concat, exp, flip, matmul, mul, stack, type Tensor } from '@paperzoo/core';
import { glaSizes, sequences, type GlaAttrs } from './gla-shapes';

export type GlaInputs = readonly [
  q: Tensor,
  k: Tensor,
  v: Tensor,
  g: Tensor | undefined,
  gv: Tensor | undefined,
  initialState: Tensor | undefined,
  bonus: Tensor | undefined,
];

/** The definition itself, token by token: what every kernel is compared with. */
export function recurrence(ins: GlaInputs, attrs: GlaAttrs): [Tensor, Tensor] {
  const [q, k, v, g, gv, initialState, bonus] = ins;
  const sizes = glaSizes('gla.gla', ins, attrs);
  const { B, T, H, K, V, scale } = sizes;
  const { zoo } = q;
  const packed = attrs.cuSeqlens !== null;
  const outputs: Tensor[] = [];
  const states: Tensor[] = [];
  // Rows of a batch run side by side; packed sequences one after the other.
  for (const [n, { begin, end }] of (packed ? sequences(sizes, attrs.cuSeqlens) : [{ begin: 0, end: T }]).entries()) {
    const rows = packed ? 1 : B;
    let S = initialState ? (packed ? initialState.slice(0, n, n + 1) : initialState) : zoo.zeros([rows, H, K, V]);
    const at = (x: Tensor, t: number) => x.slice(1, t, t + 1).reshape([rows, H, x.shape[3]!]);
    const decay = (t: number): Tensor | undefined => {
      if (!g) return undefined;
      if (g.shape.length === 1) return exp(g).reshape([1, H, 1, 1]);
      const gate = exp(g.slice(1, t, t + 1));
      return gate.reshape([rows, H, g.shape[3] ?? 1, 1]);
    };
    const read = (state: Tensor, t: number) => matmul(at(q, t).reshape([rows, H, 1, K]), state).reshape([rows, H, V]);
    const steps: Tensor[] = [];
    for (let step = begin; step < end; step++) {
      const t = attrs.reverse ? begin + end - 1 - step : step;
      const before = S;
      const alpha = decay(t);
      if (alpha) S = mul(S, alpha);
      if (gv) S = mul(S, exp(at(gv, t)).reshape([rows, H, 1, V]));
      S = S.add(
        at(k, t)
          .reshape([rows, H, K, 1])
          .mul(at(v, t).reshape([rows, H, 1, V])),
      );
      let o = read(bonus ? before : S, t);
      if (bonus) o = o.add(at(q, t).mul(bonus).mul(at(k, t)).sum(-1, true).mul(at(v, t)));
      steps.push(o.mul(scale));
    }
    states.push(S);
    if (steps.length) {
      const inOrder = stack(steps, 1);
      outputs.push(attrs.reverse ? flip(inOrder, { dims: [1] }) : inOrder);
    }
  }
  const o = outputs.length ? concat(outputs, { dim: 1 }) : zoo.zeros([B, 0, H, V]);
  // An untouched state is the caller's own tensor; the op must return one of its own.
  const finalState = concat(states, { dim: 0 });
  return [o, finalState];
}
