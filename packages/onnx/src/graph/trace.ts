import {
  TraceError,
  type Graph,
  type GraphNode,
  type Spec,
  type Tensor,
  type TypedArray,
  type Zoo,
} from '@paperzoo/core';
import { flatten, type FlatGraph } from './flatten';
import { sizingsOf, type Sizing } from './size';
import type { SymbolicGraph } from './symbolic-graph';
import { unify, type Sized } from './unify';

export type TracedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** An input's spec, and which of its axes are symbols. */
export interface OpenSpec extends Spec {
  readonly symbols: Readonly<Record<number, string>>;
}

/**
 * Traces a function into one graph of ops that have rules. Symbols are found by tracing at several sizings; a symbol's size in `specs` is the
 * first of them.
 */
export async function traceSymbolic(
  zoo: Zoo,
  fn: TracedFunction,
  specs: readonly OpenSpec[],
  hasRule: (node: GraphNode, graph: Graph) => boolean,
): Promise<SymbolicGraph> {
  let made: unknown;
  const watched: TracedFunction = (...inputs) => (made = fn(...inputs)) as ReturnType<TracedFunction>;
  try {
    return await traceAll(zoo, watched, specs, hasRule);
  } catch (error) {
    if (error instanceof TraceError && made instanceof Promise) await reasonOf(made);
    throw error;
  }
}

/** Throws what an async function was refused, which says where; a trace only knows that it got no tensors. */
async function reasonOf(promise: Promise<unknown>): Promise<void> {
  // A promise that waits for something else is not waited for.
  await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 0))]);
}

async function traceAll(
  zoo: Zoo,
  fn: TracedFunction,
  specs: readonly OpenSpec[],
  hasRule: (node: GraphNode, graph: Graph) => boolean,
): Promise<SymbolicGraph> {
  const bases = new Map<string, number>();
  for (const { shape, symbols } of specs)
    for (const [axis, name] of Object.entries(symbols)) if (!bases.has(name)) bases.set(name, shape[Number(axis)]!);
  const sizings = sizingsOf(bases);
  const traceAt = (sizing: Sizing) => {
    const sized = specs.map(({ shape, dtype, symbols }): Spec => ({
      dtype,
      shape: shape.map((n, axis) => sizing.get(symbols[axis] ?? '') ?? n),
    }));
    return flatten(zoo, zoo.trace(fn, sized), hasRule);
  };
  const own = constantsMadeBy(zoo, () => traceAt(sizings[0]!));
  const traces: { graph: FlatGraph; reads: Map<number, Promise<TypedArray>> }[] = [];
  for (const sizing of sizings) {
    zoo.scope(() => {
      const graph = traceAt(sizing);
      const reads = new Map<number, Promise<TypedArray>>();
      // A read sees everything enqueued before it, so the scope may free the tensor while the read is under way.
      for (const index of own)
        reads.set(index, graph.constants.get(index)?.data() ?? Promise.resolve(new Float32Array()));
      traces.push({ graph, reads });
    });
  }
  const sized: Sized[] = [];
  for (const { graph, reads } of traces) {
    const made = new Map<number, TypedArray>();
    for (const [index, read] of reads) made.set(index, await read);
    sized.push({ graph, made });
  }
  return unify(sized, sizings);
}

/** Which constants the trace made for itself, such as the 0.5 in `x.mul(0.5)`: a scope frees them, and weights stay. */
function constantsMadeBy(zoo: Zoo, trace: () => Graph): number[] {
  let graph: Graph | undefined;
  zoo.scope(() => {
    graph = trace();
  });
  return [...graph!.constants].filter(([, tensor]) => tensor.isDisposed).map(([index]) => index);
}
