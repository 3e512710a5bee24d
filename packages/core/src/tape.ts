import { GradError, TraceError } from './errors';
import type { Op } from './op';
import { add } from './ops/binary';
import type { Tensor } from './tensor';
import type { Zoo } from './zoo';

interface Entry {
  readonly op: Op;
  readonly ins: readonly (Tensor | undefined)[];
  readonly outs: readonly Tensor[];
  readonly attrs: object;
}

/**
 * Functional reverse mode. While a tape is on, calls that depend on a watched tensor are recorded with aliases of their tensors, so
 * that disposing or leaving a scope does not take the values away. Tapes nest: an inner backward pass is made of ops, which the outer
 * tape records like any other.
 */
export class Tape {
  private readonly entries: Entry[] = [];
  private readonly tracked = new Set<number>();

  constructor(
    private readonly zoo: Zoo,
    private readonly outer: Tape | undefined,
  ) {}

  watch(tensor: Tensor): void {
    this.tracked.add(tensor.id);
  }

  tracks(ins: readonly (Tensor | undefined)[]): boolean {
    return ins.some((t) => t && this.tracked.has(t.id)) || (this.outer?.tracks(ins) ?? false);
  }

  push(op: Op, ins: readonly (Tensor | undefined)[], outs: readonly Tensor[], attrs: object): void {
    if (this.outer?.tracks(ins)) this.outer.push(op, ins, outs, attrs);
    if (!ins.some((t) => t && this.tracked.has(t.id))) return;
    for (const out of outs) if (out.dtype === 'f32') this.tracked.add(out.id);
    this.entries.push({ op, ins: ins.map((t) => t?.alias()), outs: outs.map((t) => t.alias()), attrs });
  }

  /** Gradients of a scalar `value` by tensor id; only of what it depends on. */
  backward(value: Tensor): Map<number, Tensor> {
    const grads = new Map<number, Tensor>([[value.id, this.zoo.ones(value.shape)]]);
    for (let e = this.entries.length - 1; e >= 0; e--) {
      const { op, ins, outs, attrs } = this.entries[e]!;
      if (!outs.some((out) => grads.has(out.id))) continue;
      const { vjp } = op.implementation;
      if (!vjp) {
        const why = `${op.name} has neither a gradient nor a composite to differentiate through.`;
        throw new GradError(why, { op: op.name });
      }
      const needs = ins.map((t) => t !== undefined && this.tracked.has(t.id));
      const ofOuts = outs.map((out) => grads.get(out.id) ?? this.zoo.zeros(out.shape));
      const got = vjp({ ins, outs, grads: ofOuts, attrs, needs });
      ins.forEach((t, i) => {
        const grad = got[i];
        if (!t || !grad || !needs[i]) return;
        const before = grads.get(t.id);
        grads.set(t.id, before ? add(before, grad) : grad);
      });
    }
    return grads;
  }

  dispose(): void {
    for (const { ins, outs } of this.entries) for (const t of [...ins, ...outs]) t?.dispose();
    this.entries.length = 0;
  }
}

/** `fn`'s scalar result and its gradient with respect to each named tensor; zeros where it does not depend on one. */
export function valueAndGrad<P extends Readonly<Record<string, Tensor>>>(
  zoo: Zoo,
  fn: (params: P) => Tensor,
  params: P,
): { value: Tensor; grads: { [K in keyof P]: Tensor } } {
  if (zoo.tracer)
    throw new TraceError('valueAndGrad was called while tracing: a trace has no values to differentiate.');
  const outer = zoo.tape;
  const tape = new Tape(zoo, outer);
  for (const [name, p] of Object.entries(params)) {
    if (p.dtype !== 'f32') {
      const details = { argument: name, got: p.dtype };
      throw new GradError(`valueAndGrad: "${name}" is ${p.dtype}; only f32 tensors have gradients.`, details);
    }
    tape.watch(p);
  }
  return zoo.scope(() => {
    try {
      zoo.tape = tape;
      const value = fn(params);
      if (value.size !== 1) {
        const { shape } = value;
        throw new GradError(`valueAndGrad: fn must return a scalar, got [${shape.join(', ')}].`, { got: shape });
      }
      zoo.tape = outer;
      const found = tape.backward(value);
      const grads = Object.fromEntries(
        Object.entries(params).map(([name, p]) => [name, ownHandle(found.get(p.id)) ?? zoo.zeros(p.shape)]),
      );
      return { value, grads: grads as { [K in keyof P]: Tensor } };
    } finally {
      zoo.tape = outer;
      tape.dispose();
    }
  });
}

/** Two parameters may share one gradient, and a gradient may be a value of the tape: whoever gets it must be free to dispose it. */
const ownHandle = (grad: Tensor | undefined): Tensor | undefined => grad?.view(grad.shape, grad.id);
