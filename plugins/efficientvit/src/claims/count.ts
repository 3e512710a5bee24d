import { graphCost, type Graph, type Zoo } from '@paperzoo/core';
import { hostTensor, Parameter, type Module } from '@paperzoo/nn';
import type { Subject } from './subjects';

/** What a network costs: multiply-adds for one image, and values that training would change. */
export interface Count {
  readonly macs: number;
  readonly params: number;
}

/** Multiply-adds of a module for an input [B, C, H, W], by tracing it: nothing is computed. `part` picks nodes of the trace. */
export function countMacs(
  zoo: Zoo,
  module: Module,
  shape: readonly number[],
  part: (path: readonly string[]) => boolean = () => true,
): number {
  // Values do not matter to a trace; zeros are the cheapest.
  for (const state of module.namedState().values()) {
    if (state instanceof Parameter && !state.ready) state.set(hostTensor(state.shape, new Float32Array(state.size)));
  }
  try {
    // The scope frees the numbers that a trace keeps as constants.
    return zoo.scope(() => {
      const graph = zoo.trace((x) => module(x), [{ shape, dtype: 'f32' }]);
      return graphCost({ ...graph, nodes: graph.nodes.filter(({ path }) => part(path)) } satisfies Graph).macs;
    });
  } finally {
    module.dispose();
  }
}

/** Counts the real module, nothing is looked up. */
export function count(zoo: Zoo, { size, build }: Subject): Count {
  const module = build();
  const params = [...module.namedParameters().values()].reduce((sum, parameter) => sum + parameter.size, 0);
  return { macs: countMacs(zoo, module, [1, 3, size, size]), params };
}
