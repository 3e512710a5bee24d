import type { onnx } from 'onnx-proto';
import { shown, type Refuse } from './bad-model';
import { checkTensor, elementsOf } from './check-tensor';
import { elementType } from './element-types';

/** Names that a graph may use, and those of the graphs around it. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer?: Scope | undefined;
}

const knows = (scope: Scope | undefined, name: string): boolean =>
  scope !== undefined && (scope.names.has(name) || knows(scope.outer, name));

/** Every name is given once and used after it was given, here and in the graphs within attributes; tensors and types are sound. */
export function checkGraph(graph: onnx.IGraphProto, refuse: Refuse, where = 'the graph', outer?: Scope): void {
  const names = new Set<string>();
  const give = (name: string, what: string) => {
    if (name === '') refuse(where, `has ${what} without a name`);
    if (names.has(name)) refuse(where, `gives the name ${shown(name)} twice`);
    names.add(name);
  };
  for (const input of graph.input ?? []) {
    give(input.name ?? '', 'an input');
    checkValue(input, refuse);
  }
  const inputs = new Set(names);
  const stored = [
    ...(graph.initializer ?? []),
    ...(graph.sparseInitializer ?? []).map((sparse) => sparse.values ?? {}),
  ];
  for (const tensor of stored) {
    // An input may have a default.
    if (!inputs.delete(tensor.name ?? '')) give(tensor.name ?? '', 'a tensor');
    checkTensor(tensor, refuse);
  }
  checkNodes(graph.node ?? [], { names, outer }, give, refuse, where);
  for (const value of graph.valueInfo ?? []) checkValue(value, refuse);
  for (const output of graph.output ?? []) {
    checkValue(output, refuse);
    const name = output.name ?? '';
    if (!knows({ names, outer }, name)) refuse(where, `has the output ${shown(name)}, which nothing makes`);
  }
}

/** As `checkGraph`, for the body of a function. */
export function checkFunction(body: onnx.IFunctionProto, refuse: Refuse): void {
  const where = `the function ${shown(body.name ?? '')}`;
  const names = new Set<string>();
  const give = (name: string, what: string) => {
    if (name === '' || names.has(name))
      refuse(where, `has ${what} ${name === '' ? 'without a name' : shown(name)} twice`);
    names.add(name);
  };
  for (const name of body.input ?? []) give(name, 'an input');
  checkNodes(body.node ?? [], { names }, give, refuse, where);
  for (const name of body.output ?? []) {
    if (!names.has(name)) refuse(where, `has the output ${shown(name)}, which nothing makes`);
  }
}

function checkNodes(
  nodes: readonly onnx.INodeProto[],
  scope: Scope,
  give: (name: string, what: string) => void,
  refuse: Refuse,
  where: string,
): void {
  for (const [at, node] of nodes.entries()) {
    const here = `node ${at} (${shown(node.opType ?? '')}) of ${where}`;
    if (!node.opType) refuse(here, 'has no operator');
    for (const name of node.input ?? []) {
      if (name === '' || knows(scope, name)) continue;
      const later = nodes.slice(at).some(({ output }) => output?.includes(name));
      refuse(
        here,
        `uses ${shown(name)}, which ${later ? 'is made later: the graph runs in a circle' : 'nothing makes'}`,
      );
    }
    const attributes = new Set<string>();
    for (const attribute of node.attribute ?? []) {
      const name = attribute.name ?? '';
      if (name === '' || attributes.has(name)) refuse(here, `has the attribute ${shown(name)} twice or without a name`);
      attributes.add(name);
      for (const tensor of [attribute.t, ...(attribute.tensors ?? [])]) if (tensor) checkTensor(tensor, refuse);
      for (const inner of [attribute.g, ...(attribute.graphs ?? [])]) {
        if (inner) checkGraph(inner, refuse, `the graph ${shown(name)} of ${here}`, scope);
      }
    }
    for (const name of node.output ?? []) if (name !== '') give(name, `an output of ${here}`);
  }
}

/** The declared type of a value, where there is one. */
function checkValue({ name, type }: onnx.IValueInfoProto, refuse: Refuse): void {
  const tensor = type?.tensorType;
  if (!tensor) return;
  const where = `the value ${shown(name ?? '')}`;
  if (!elementType(tensor.elemType ?? 0)) refuse(where, `has the unknown type ${tensor.elemType ?? 0}`);
  elementsOf(
    (tensor.shape?.dim ?? []).flatMap(({ dimValue, dimParam }) => (dimParam ? [] : [dimValue ?? 0])),
    where,
    refuse,
  );
}
