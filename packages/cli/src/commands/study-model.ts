import { graphCost, type Graph, type Model, type ModelCard, type Op, type Spec, type Zoo } from '@paperzoo/core';
import type { Context } from '../context';
import type { FoundPlugin } from '../plugins/plugin-set';
import { makeZoo, type DeviceName } from '../zoo';
import { asClassifier, IMAGE_TASK } from './image-model';

/** Which kernel runs one op of the graph, and how often. */
export interface OpChoice {
  readonly op: string;
  readonly calls: number;
  /** A kernel's id, or `composite`. */
  readonly kernel: string;
  /** Why kernels of higher priority do not run, one sentence each. */
  readonly because: readonly string[];
  /** What a composed op runs instead: kernels of the simpler ops. */
  readonly madeOf?: readonly string[];
}

/** What a trace tells of a model on one device. Bytes are of float32. */
export interface Study {
  readonly device: DeviceName;
  readonly input?: readonly number[];
  /** Trainable values before anything is folded; undefined when the model does not tell. */
  readonly params?: number;
  readonly nodes: number;
  readonly macs: number;
  readonly flops: number;
  /** Weights that the inference graph holds. */
  readonly weightBytes: number;
  /** Everything that the ops read and write, once each. */
  readonly movedBytes: number;
  readonly ops: readonly OpChoice[];
  /** Why there is no trace. */
  readonly obstacle?: string;
}

/** Builds the model with fresh weights and traces one call of it; nothing is computed and nothing downloaded. */
export async function studyModel(
  context: Context,
  found: readonly FoundPlugin[],
  card: ModelCard,
  { device, imgSize }: { device: DeviceName; imgSize?: number },
): Promise<Study> {
  if (card.task !== IMAGE_TASK) {
    const none = { nodes: 0, macs: 0, flops: 0, weightBytes: 0, movedBytes: 0, ops: [] };
    return { device, ...none, obstacle: `the command can only trace models of the task ${IMAGE_TASK}` };
  }
  const zoo = await makeZoo(context, found, { device });
  try {
    const given = imgSize === undefined ? {} : { imgSize };
    const loaded = await zoo.load(card.name, { ...given, weights: false, signal: context.signal });
    using model = asClassifier(loaded);
    const input = [1, numberOf(model, 'inChans', 3), numberOf(model, 'imgSize', 224), numberOf(model, 'imgSize', 224)];
    const graph = zoo.trace((x) => model.forward(x), [{ shape: input, dtype: 'f32' }]);
    const { macs, flops, bytes } = graphCost(graph);
    const weightBytes = [...graph.constants.values()].reduce((sum, tensor) => sum + tensor.size * 4, 0);
    const params = paramsOf(model);
    return {
      ...{ device, input, ...(params !== undefined && { params }), nodes: graph.nodes.length },
      ...{ macs, flops, weightBytes, movedBytes: bytes, ops: choices(zoo, graph) },
    };
  } finally {
    await zoo.dispose();
  }
}

function choices(zoo: Zoo, graph: Graph): OpChoice[] {
  const all = new Map<
    string,
    { op: string; calls: number; kernel: string; because: Set<string>; madeOf?: readonly string[] }
  >();
  for (const { op, ins, attrs } of graph.nodes) {
    const specs = ins.map((index) => (index < 0 ? undefined : graph.values[index]));
    const { chosen, rejected } = zoo.explain(op, specs, attrs);
    // A view moves nothing and needs no kernel.
    const kernel = op.implementation.view ? 'view' : chosen;
    const key = `${op.name} ${kernel}`;
    const entry = all.get(key) ?? {
      ...{ op: op.name, calls: 0, kernel, because: new Set<string>() },
      ...(chosen === 'composite' && kernel === chosen && { madeOf: expand(zoo, op, specs, attrs) }),
    };
    entry.calls++;
    for (const { kernel: id, because } of rejected) {
      if (because !== OUTRANKED) entry.because.add(`${id}: ${because}`);
    }
    all.set(key, entry);
  }
  return [...all.values()].map((entry) => ({ ...entry, because: [...entry.because] }));
}

/** Traces a composite on its own: the kernels it ends in, through composites inside of it. */
function expand(zoo: Zoo, op: Op, specs: readonly (Spec | undefined)[], attrs: object): string[] {
  const present = specs.filter((spec) => spec !== undefined);
  const graph = zoo.trace((...inputs) => {
    let next = 0;
    const ins = specs.map((spec) => (spec ? inputs[next++] : undefined));
    return op.implementation.composite!(ins, attrs);
  }, present);
  const kernels = choices(zoo, graph).flatMap(({ kernel, madeOf }) => madeOf ?? [kernel]);
  return [...new Set(kernels)].filter((kernel) => kernel !== 'view');
}

/** What `explain` says of kernels that would do as well. */
const OUTRANKED = 'a kernel of higher priority fits';

function numberOf({ config }: Model, key: string, fallback: number): number {
  const value = config[key];
  return typeof value === 'number' ? value : fallback;
}

/** Counts through the module, which models made of `@paperzoo/nn` expose. */
function paramsOf(model: object): number | undefined {
  const { module } = model as { module?: { namedParameters?(): ReadonlyMap<string, { shape: readonly number[] }> } };
  const named = module?.namedParameters?.();
  if (!named) return undefined;
  return [...named.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
