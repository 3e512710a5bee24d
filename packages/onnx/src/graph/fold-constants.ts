import { applyOp, type Tensor, type TypedArray, type Zoo } from '@paperzoo/core';
import { isFixed } from './size';
import type { Constant, SymbolicGraph, SymbolicNode } from './symbolic-graph';

/** Computes, on the zoo's own device, whatever depends on constants alone and has no open size. */
export async function foldConstants(zoo: Zoo, graph: SymbolicGraph): Promise<SymbolicGraph> {
  const constants = new Map<number, Constant>(graph.constants);
  const reads = new Map<number, Promise<TypedArray>>();
  const left: SymbolicNode[] = [];
  zoo.scope(() => {
    const tensors = new Map<number, Tensor>();
    const tensorOf = (index: number): Tensor => {
      const known = tensors.get(index);
      if (known) return known;
      const constant = constants.get(index)!;
      const { shape, dtype } = graph.values[index]!;
      const made =
        constant.kind === 'tensor'
          ? constant.tensor
          : constant.kind === 'fill'
            ? zoo.full(shape, constant.value as number, dtype)
            : zoo.tensor(constant.data, { shape, dtype });
      tensors.set(index, made);
      return made;
    };
    const known = (index: number) => {
      if (index < 0 || tensors.has(index)) return true;
      const constant = constants.get(index);
      if (!constant || !isFixed(graph.values[index]!.dims)) return false;
      return constant.kind !== 'fill' || typeof constant.value === 'number';
    };
    for (const node of graph.nodes) {
      const fixed = node.sizes.size === 0 && node.outs.every((index) => isFixed(graph.values[index]!.dims));
      if (!fixed || !node.ins.every(known)) {
        left.push(node);
        continue;
      }
      const made = applyOp(
        node.op,
        node.ins.map((index) => (index < 0 ? undefined : tensorOf(index))),
        node.attrs,
      );
      (Array.isArray(made) ? made : [made]).forEach((tensor, i) => tensors.set(node.outs[i]!, tensor));
    }
    // Only what the rest of the graph reads is worth reading back.
    const wanted = new Set([...left.flatMap((node) => node.ins), ...graph.outputs]);
    for (const [index, tensor] of tensors)
      if (wanted.has(index) && !constants.has(index)) reads.set(index, tensor.data());
  });
  for (const [index, read] of reads) constants.set(index, { kind: 'data', data: await read });
  return { ...graph, constants, nodes: left };
}
