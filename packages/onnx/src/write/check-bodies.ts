import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';
import type { CheckedNode, KnownType } from './check-node';

/** Compares the graphs that a node runs with what it feeds them and makes of their outputs; undefined for nodes without graphs. */
export function checkBodies({ opType, attributes, outputs }: OnnxNode, types: readonly KnownType[]) {
  const graphOf = (name: string): OnnxGraph | undefined => {
    const value = attributes[name];
    return value && 'graph' in value ? value.graph : undefined;
  };
  const body = graphOf('body');
  if (opType === 'Scan' && body) return compared(body, types, outputs.length, 0);
  // A loop's body is told the number of the round and whether it goes on; it tells the latter first.
  if (opType === 'Loop' && body) return compared(body, ['i64', 'bool', ...types.slice(2)], outputs.length, 1);
  const [yes, no] = [graphOf('then_branch'), graphOf('else_branch')];
  if (opType !== 'If' || !yes || !no) return undefined;
  const [one, other] = [compared(yes, [], outputs.length, 0), compared(no, [], outputs.length, 0)];
  const differ = one.outputs.flatMap((type, i) =>
    type === other.outputs[i] ? [] : [`makes ${type} or ${other.outputs[i]} as its output ${i}`],
  );
  return { problems: [...one.problems, ...other.problems, ...differ], outputs: one.outputs };
}

/** `own`: outputs of the body that the node keeps for itself. */
function compared(body: OnnxGraph, fed: readonly KnownType[], made: number, own: number): CheckedNode {
  const problems: string[] = [];
  if (body.inputs.length !== fed.length)
    problems.push(`feeds ${fed.length} values to a body with ${body.inputs.length} inputs`);
  if (body.outputs.length !== made + own)
    problems.push(`makes ${made} values from a body with ${body.outputs.length} outputs`);
  body.inputs.forEach(({ name, type }, i) => {
    if (fed[i] && fed[i] !== type)
      problems.push(`feeds ${fed[i]} to the input "${name}" of its body, which is ${type}`);
  });
  return { problems, outputs: body.outputs.slice(own).map(({ type }) => type) };
}
