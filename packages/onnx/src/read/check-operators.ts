import type { onnx } from 'onnx-proto';
import { UnsupportedError } from '../unsupported-error';
import type { Refuse } from './bad-model';
import { shown } from './bad-model';
import { introducedIn, NEWEST_OPSET } from './standard-ops';

/** The domain of the standard operators has two names. */
export const domainOf = (domain: string | null | undefined): string => (domain === 'ai.onnx' ? '' : (domain ?? ''));

/** Domains beside the standard one that a runtime brings itself. */
const RUNTIME_DOMAINS = new Set(['com.microsoft', 'com.microsoft.nchwc', 'com.ms.internal.nhwc', 'ai.onnx.ml']);

const functionKey = (domain: string, name: string): string => `${domain}\n${name}`;

/** Every node of a model, those in graphs within attributes and in functions included, with the operator sets that hold for it. */
export function* nodesOf(model: onnx.IModelProto): Generator<{ node: onnx.INodeProto; opsets: Opsets; where: string }> {
  yield* within(model.graph?.node ?? [], opsetsOf(model.opsetImport), 'the graph');
  for (const body of model.functions ?? []) {
    yield* within(body.node ?? [], opsetsOf(body.opsetImport), `the function ${shown(body.name ?? '')}`);
  }
}

export type Opsets = ReadonlyMap<string, number>;

export const opsetsOf = (imports: readonly onnx.IOperatorSetIdProto[] | null | undefined): Opsets =>
  new Map((imports ?? []).map(({ domain, version }) => [domainOf(domain), Number(version ?? 0)]));

function* within(
  nodes: readonly onnx.INodeProto[],
  opsets: Opsets,
  where: string,
): Generator<{ node: onnx.INodeProto; opsets: Opsets; where: string }> {
  for (const node of nodes) {
    yield { node, opsets, where };
    for (const { g, graphs } of node.attribute ?? []) {
      for (const inner of [g, ...(graphs ?? [])]) if (inner) yield* within(inner.node ?? [], opsets, where);
    }
  }
}

/**
 * Every operator exists: in the standard operator set that the model imports, as a function of the model, or in a domain that runtimes bring.
 * @throws UnsupportedError that lists all that do not
 */
export function checkOperators(model: onnx.IModelProto, file?: string): void {
  const functions = new Set(
    (model.functions ?? []).map(({ domain, name }) => functionKey(domainOf(domain), name ?? '')),
  );
  const unknown = new Map<string, number>();
  for (const { node, opsets } of nodesOf(model)) {
    const why = objection(node, opsets, functions);
    if (why) unknown.set(why, (unknown.get(why) ?? 0) + 1);
  }
  const standard = opsetsOf(model.opsetImport).get('');
  if (standard !== undefined && !(standard >= 1 && standard <= NEWEST_OPSET)) {
    unknown.set(`operator set ${standard} (1 to ${NEWEST_OPSET} are known)`, 1);
  }
  if (unknown.size === 0) return;
  const list = [...unknown].map(([why, count]) => (count > 1 ? `${why}, ${count} times` : why));
  throw new UnsupportedError(`${file ?? 'This model'} uses what is not known here: ${list.join('; ')}.`, {
    ...{ file, argument: 'operators', got: list },
  });
}

function objection({ opType, domain: named }: onnx.INodeProto, opsets: Opsets, functions: ReadonlySet<string>) {
  const domain = domainOf(named);
  const name = opType ?? '';
  if (functions.has(functionKey(domain, name))) return undefined;
  const version = opsets.get(domain);
  if (version === undefined) return `${full(domain, name)} (the model imports no operator set of its domain)`;
  if (RUNTIME_DOMAINS.has(domain)) return undefined;
  if (domain !== '') return `${full(domain, name)} (no function of this name, and no runtime brings its domain)`;
  const since = introducedIn(name);
  if (since === undefined) return `${shown(name)} (no standard operator)`;
  return since > version ? `${name} (of operator set ${since}, and the model imports ${version})` : undefined;
}

/** `Conv`, or `com.microsoft.FusedConv`. */
export const full = (domain: string, name: string): string => (domain === '' ? name : `${domain}.${name}`);

/** No function calls itself, directly or through others: a runtime would put one into the other for ever. */
export function checkCalls(model: onnx.IModelProto, refuse: Refuse): void {
  const calls = new Map<string, Set<string>>();
  for (const { domain, name, node } of model.functions ?? []) {
    const key = functionKey(domainOf(domain), name ?? '');
    if (calls.has(key)) refuse('the model', `has the function ${shown(name ?? '')} twice`);
    const called = [...within(node ?? [], new Map(), '')].map((each) => each.node);
    calls.set(key, new Set(called.map((each) => functionKey(domainOf(each.domain), each.opType ?? ''))));
  }
  // Functions whose callees are all done are done; what is left when nothing changes any more goes in a circle.
  for (let before = -1; calls.size !== before;) {
    before = calls.size;
    for (const [key, called] of calls) if (![...called].some((each) => calls.has(each))) calls.delete(key);
  }
  const [circle] = calls.keys();
  if (circle !== undefined) refuse(`the function ${shown(circle.split('\n')[1]!)}`, 'calls itself');
}
