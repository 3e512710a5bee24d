import { AttrError, defineKernel, type Arg, type Kernel } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { glaGrad } from '../ops/gla-grad';
import { glaSizes, sequences, type GlaAttrs, type GlaSizes } from '../ops/gla-shapes';

// The reference: the recurrence of the op's definition as plain loops, in double precision, one head of one sequence at a time.

type Numbers = Float32Array | Float64Array;
type In = Arg<Numbers>;

/** Everything that one head of one sequence needs, with the token order already decided. */
interface Walk {
  readonly sizes: GlaSizes;
  readonly n: number;
  readonly h: number;
  /** Flat row index (batch · T + t) · H + h of each step, in the order of processing. */
  readonly rows: readonly number[];
}

function* walks(sizes: GlaSizes, attrs: GlaAttrs): Generator<Walk> {
  for (const [n, { batch, begin, end }] of sequences(sizes, attrs.cuSeqlens).entries()) {
    const tokens = Array.from({ length: end - begin }, (_, i) => (attrs.reverse ? end - 1 - i : begin + i));
    for (let h = 0; h < sizes.H; h++) {
      yield { sizes, n, h, rows: tokens.map((t) => (batch * sizes.T + t) * sizes.H + h) };
    }
  }
}

/** exp of the gate of key channel `i` at a row. */
function decays({ sizes: { gate, K }, h }: Walk, g: In | undefined, row: number, i: number): number {
  if (!g) return 1;
  return Math.exp(g.buffer[gate === 'constant' ? h : gate === 'scalar' ? row : row * K + i]!);
}

/** The reference looks at every gate: a growing state is never meant, and NaN would be everywhere after it. */
function checkGates(name: 'g' | 'gv', gates: In | undefined): void {
  const at = gates ? gates.buffer.findIndex((x) => !(x <= 1e-6)) : -1;
  if (at < 0) return;
  throw new AttrError(
    `gla.gla: ${name} holds log decays, which are at most 0; element ${at} is ${gates!.buffer[at]}.`,
    {
      op: 'gla.gla',
      argument: name,
      expected: 'numbers ≤ 0',
      got: gates!.buffer[at],
    },
  );
}

/** States before each step and after the last one, [steps + 1][K · V]. */
function states(
  walk: Walk,
  k: In,
  v: In,
  g: In | undefined,
  gv: In | undefined,
  initial: In | undefined,
): Float64Array[] {
  const { K, V, H } = walk.sizes;
  const at = (walk.n * H + walk.h) * K * V;
  const all = [initial ? Float64Array.from(initial.buffer.subarray(at, at + K * V)) : new Float64Array(K * V)];
  for (const row of walk.rows) {
    const S = Float64Array.from(all.at(-1)!);
    for (let i = 0; i < K; i++) {
      const alpha = decays(walk, g, row, i);
      for (let j = 0; j < V; j++) {
        const beta = gv ? Math.exp(gv.buffer[row * V + j]!) : 1;
        S[i * V + j] = alpha * beta * S[i * V + j]! + k.buffer[row * K + i]! * v.buffer[row * V + j]!;
      }
    }
    all.push(S);
  }
  return all;
}

const forward = defineKernel<Numbers, unknown>(gla, {
  id: 'gla.gla/cpu',
  device: 'cpu',
  run(_ctx, ins, [o, finalState], attrs: GlaAttrs) {
    const [q, k, v, g, gv, initial, bonus] = ins as [In, In, In, In?, In?, In?, In?];
    const sizes = glaSizes('gla.gla', [q, k, v, g, gv, initial, bonus], attrs);
    const { K, V, H, scale } = sizes;
    checkGates('g', g);
    checkGates('gv', gv);
    for (const walk of walks(sizes, attrs)) {
      const S = states(walk, k, v, g, gv, initial);
      walk.rows.forEach((row, step) => {
        // The bonus form reads before the token enters and lets it in through u.
        const seen = bonus ? S[step]! : S[step + 1]!;
        let direct = 0;
        if (bonus) {
          for (let i = 0; i < K; i++)
            direct += q.buffer[row * K + i]! * bonus.buffer[walk.h * K + i]! * k.buffer[row * K + i]!;
        }
        for (let j = 0; j < V; j++) {
          let sum = direct * v.buffer[row * V + j]!;
          for (let i = 0; i < K; i++) sum += q.buffer[row * K + i]! * seen[i * V + j]!;
          o!.buffer[row * V + j] = scale * sum;
        }
      });
      finalState!.buffer.set(S.at(-1)!, (walk.n * H + walk.h) * K * V);
    }
  },
}) as Kernel<never, never>;

const backward = defineKernel<Numbers, unknown>(glaGrad, {
  id: 'gla.gla_grad/cpu',
  device: 'cpu',
  run(_ctx, ins, outs, attrs: GlaAttrs) {
    const [q, k, v, dO, dFinal, g, gv, initial, bonus] = ins as [In, In, In, In, In, In?, In?, In?, In?];
    const sizes = glaSizes('gla.gla_grad', [q, k, v, g, gv, initial, bonus], attrs);
    const { K, V, H, scale, gate } = sizes;
    const sums = outs.map((out) => new Float64Array(out.size));
    const [dq, dk, dv, dg, dgv, dInitial, dBonus] = sums as [
      Float64Array,
      Float64Array,
      Float64Array,
      ...Float64Array[],
    ];
    for (const walk of walks(sizes, attrs)) {
      const S = states(walk, k, v, g, gv, initial);
      const base = (walk.n * H + walk.h) * K * V;
      const D = Float64Array.from(dFinal.buffer.subarray(base, base + K * V));
      for (let step = walk.rows.length - 1; step >= 0; step--) {
        const row = walk.rows[step]!;
        const [before, after] = [S[step]!, S[step + 1]!];
        const Q = (i: number) => q.buffer[row * K + i]!;
        const Kt = (i: number) => k.buffer[row * K + i]!;
        const Vt = (j: number) => v.buffer[row * V + j]!;
        const dOt = (j: number) => scale * dO.buffer[row * V + j]!;
        const u = (i: number) => bonus!.buffer[walk.h * K + i]!;
        let dOv = 0;
        let quk = 0;
        if (bonus) {
          for (let j = 0; j < V; j++) dOv += dOt(j) * Vt(j);
          for (let i = 0; i < K; i++) quk += Q(i) * u(i) * Kt(i);
          for (let j = 0; j < V; j++) dv[row * V + j]! += quk * dOt(j);
        } else for (let i = 0; i < K; i++) for (let j = 0; j < V; j++) D[i * V + j]! += Q(i) * dOt(j);
        const seen = bonus ? before : after;
        for (let i = 0; i < K; i++) {
          const alpha = decays(walk, g, row, i);
          let dAlpha = 0;
          for (let j = 0; j < V; j++) {
            const at = i * V + j;
            const beta = gv ? Math.exp(gv.buffer[row * V + j]!) : 1;
            dq[row * K + i]! += seen[at]! * dOt(j);
            dk[row * K + i]! += D[at]! * Vt(j);
            dv[row * V + j]! += D[at]! * Kt(i);
            // With respect to the logarithm of a decay: the decayed state times its gradient.
            const flow = alpha * beta * before[at]! * D[at]!;
            dAlpha += flow;
            if (gv) dgv![row * V + j]! += flow;
            D[at] = alpha * beta * D[at]!;
            if (bonus) D[at]! += Q(i) * dOt(j);
          }
          if (g) dg![gate === 'constant' ? walk.h : gate === 'scalar' ? row : row * K + i]! += dAlpha;
          if (bonus) {
            dq[row * K + i]! += u(i) * Kt(i) * dOv;
            dk[row * K + i]! += u(i) * Q(i) * dOv;
            dBonus![walk.h * K + i]! += Q(i) * Kt(i) * dOv;
          }
        }
      }
      if (initial) dInitial!.set(D, base);
    }
    outs.forEach((out, i) => out.buffer.set(sums[i]!));
  },
}) as Kernel<never, never>;

export default [forward, backward] as readonly Kernel<never, never>[];
