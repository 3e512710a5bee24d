import {
  API_VERSION,
  AttrError,
  ShapeError,
  throwIfAborted,
  type DType,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import type { OnnxExport, Port } from './export';
import { materialise } from './graph/materialise';
import { simplify } from './graph/simplify';
import { traceSymbolic, type OpenSpec, type TracedFunction } from './graph/trace';
import { hasRule, lower, refuseUnknown, ruleOf } from './lower/lower';
import type { OnnxFunction, OnnxGraph, OnnxNode, OnnxValue } from './model/onnx-graph';
import { FORMS, OPSETS, type ExportOptions } from './options';
import { halve } from './passes/half';
import { optimise } from './passes/optimise';
import { outline } from './passes/outline';
import { write } from './write/write';

/** Something with a `forward`: a module, or a loaded model. */
export interface Exportable {
  forward(...inputs: Tensor[]): Tensor | readonly Tensor[];
}

/**
 * The ONNX file of what `source` does to tensors of these specs. Nothing of the model changes, and no kernel runs but those that fold
 * constants. Axes named in `dynamic` may have any size in the file; everything else is as in `specs`.
 * @throws AttrError for an unknown opset, form or name; NoKernelError listing every op that cannot be written; TraceError when the function
 * reads data, or when sizes that were to be left open decide what it does
 */
export async function exportOnnx(
  zoo: Zoo,
  source: TracedFunction | Exportable,
  specs: readonly Spec[],
  options: ExportOptions = {},
): Promise<OnnxExport> {
  const { opset = 17, form = 'flat', onProgress, signal } = options;
  const target = { opset, form };
  oneOf('opset', opset, OPSETS);
  oneOf('form', form, FORMS);
  oneOf('weights', options.weights ?? 'f32', ['f32', 'f16']);
  const fn = functionOf(source);
  const inputNames = namesOf('inputNames', options.inputNames, specs.length, 'input');
  const open = openSpecs(specs, inputNames, options);
  const step = (phase: 'trace' | 'optimise' | 'lower' | 'write', done: number, total: number) => {
    throwIfAborted(signal, 'The export');
    onProgress?.({ phase, done, total });
  };
  step('trace', 0, 1);
  const traced = await traceSymbolic(zoo, fn, open, hasRule(target));
  refuseUnknown(traced);
  step('optimise', 0, traced.nodes.length);
  const graph = await simplify(zoo, await materialise(traced));
  const outputNames = namesOf('outputNames', options.outputNames, graph.outputs.length, 'output');
  const clash = outputNames.find((name) => inputNames.includes(name));
  if (clash !== undefined)
    throw new AttrError(`"${clash}" names an input and an output.`, { argument: 'outputNames', got: clash });
  step('lower', 0, graph.nodes.length);
  const exact = optimise(lower(graph, { ...target, inputNames, outputNames }));
  const flat = options.weights === 'f16' ? halve(exact) : exact;
  const plain = { graph: flat, functions: [], domains: new Map<string, number>() };
  const { graph: lowered, functions, domains } = form === 'functions' ? outline(flat) : plain;
  const ops = [
    ...new Set(traced.nodes.flatMap(({ origin }) => (origin ? [`${origin.op.name}@${origin.op.version}`] : []))),
  ];
  const metadata = {
    'paperzoo.api': `${API_VERSION}`,
    'paperzoo.form': form,
    // Versions of the contracts: what these ops meant when the file was written.
    ...(ops.length > 0 ? { 'paperzoo.ops': ops.join(' ') } : {}),
    ...Object.assign({}, ...traced.nodes.map((node) => ruleOf(node)?.metadata)),
    ...options.metadata,
  };
  const written = await write(
    {
      graph: lowered,
      functions,
      opsets: new Map([['', opset], ...contribDomain(lowered, functions), ...domains]),
      metadata,
    },
    options,
    (done, total) => step('write', done, total),
  );
  return {
    ...written,
    inputs: lowered.inputs.map(portOf),
    outputs: lowered.outputs.map(portOf),
    metadata,
    nodes: lowered.nodes.length,
  };
}

/** onnxruntime's own operators are imported where some are used. */
function contribDomain(graph: OnnxGraph, functions: readonly OnnxFunction[]): [string, number][] {
  const uses = (nodes: readonly OnnxNode[]): boolean =>
    nodes.some(({ domain, attributes }) => {
      const inner = Object.values(attributes).some((value) => 'graph' in value && uses(value.graph.nodes));
      return domain === 'com.microsoft' || inner;
    });
  return [graph, ...functions].some(({ nodes }) => uses(nodes)) ? [['com.microsoft', 1]] : [];
}

const portOf = ({ name, type, dims }: OnnxValue): Port => ({
  name,
  dtype: type as DType,
  dims: dims.map((dim) => (typeof dim === 'number' ? dim : String(dim))),
});

function functionOf(source: TracedFunction | Exportable): TracedFunction {
  // Modules are functions too, and only their calls tell the trace how they are nested.
  if (typeof source === 'function') return source;
  if (source && typeof source.forward === 'function') return (...inputs) => source.forward(...inputs);
  throw new AttrError('exportOnnx: the second argument must be a function of tensors or have a `forward`.', {
    argument: 'source',
    got: typeof source,
  });
}

function oneOf<T>(argument: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  throw new AttrError(`exportOnnx: ${argument} must be one of ${allowed.join(', ')}, got ${String(value)}.`, {
    argument,
    expected: allowed,
    got: value,
  });
}

function namesOf(
  argument: string,
  given: readonly string[] | undefined,
  count: number,
  hint: string,
): readonly string[] {
  const names = given ?? (count === 1 ? [hint] : Array.from({ length: count }, (_, i) => `${hint}_${i}`));
  const fine =
    names.length === count && new Set(names).size === count && names.every((name) => /^[^\s/:]+$/.test(name));
  if (fine) return names;
  throw new AttrError(
    `exportOnnx: ${argument} must be ${count} different names without space, "/" or ":", got ${names.join(', ')}.`,
    {
      argument,
      expected: count,
      got: names,
    },
  );
}

function openSpecs(specs: readonly Spec[], names: readonly string[], { dynamic = {} }: ExportOptions): OpenSpec[] {
  for (const [input, axes] of Object.entries(dynamic)) {
    const spec = specs[names.indexOf(input)];
    const wrong = Object.entries(axes).find(
      ([axis, symbol]) => spec?.shape[Number(axis)] === undefined || !/^[A-Za-z_]\w*$/.test(symbol),
    );
    if (spec && !wrong) continue;
    const what = spec ? `axis ${wrong![0]} = "${wrong![1]}" of [${spec.shape.join(', ')}]` : `input "${input}"`;
    throw new ShapeError(`exportOnnx: dynamic has no place for ${what}; inputs are ${names.join(', ')}.`, {
      argument: 'dynamic',
      expected: names,
      got: input,
    });
  }
  return specs.map((spec, i) => ({
    ...spec,
    symbols: (Object.hasOwn(dynamic, names[i]!) && dynamic[names[i]!]) || {},
  }));
}
