import { basename, dirname, join } from 'node:path';
import type { Model, Zoo } from '@paperzoo/core';
import type { ExportProgress, Form, OnnxExport, Opset } from '@paperzoo/onnx';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { writeFacts } from '../terminal/facts';
import { bytes, milliseconds } from '../terminal/numbers';
import { startProgress } from '../terminal/progress';
import { UsageError } from '../usage-error';
import { version } from '../version';
import { makeZoo } from '../zoo';
import { findCard } from './find-card';
import { loadModel, weightsOf, weightsSource, type WeightOptions } from './load-model';
import { refuseExisting, writeFiles } from './write-files';

export interface ExportOptions extends CommonOptions, WeightOptions {
  readonly graph?: string;
  readonly opset: Opset;
  readonly form: Form;
  readonly f16?: boolean;
  /** `NAME=SIZE` each. */
  readonly size?: readonly string[];
  readonly external?: boolean;
  readonly force?: boolean;
}

/** One ONNX file that was written. */
interface Written {
  readonly graph: string;
  readonly file: string;
  readonly bytes: number;
  /** Files beside it that hold its weights. */
  readonly external: readonly { readonly file: string; readonly bytes: number }[];
  readonly nodes: number;
  readonly inputs: OnnxExport['inputs'];
  readonly outputs: OnnxExport['outputs'];
  readonly metadata: OnnxExport['metadata'];
  readonly ms: number;
}

/** `paperzoo export`: writes a model as ONNX; one that has several graphs becomes several files. All or nothing is written. */
export async function exportCommand(
  context: Context,
  name: string,
  out: string,
  options: ExportOptions,
): Promise<void> {
  const { terminal } = context;
  const sizes = sizesOf(options.size ?? []);
  await refuseExisting([out], options.force ?? false);
  const { found } = await loadPlugins(context, options);
  const { card, owner } = findCard(found, name);
  const hub = weightsOf(name, options);
  const zoo = await makeZoo(context, [owner], { device: 'wasm' });
  try {
    using model = await loadModel(context, zoo, card, hub);
    const weights = hub.weights ?? weightsSource(card);
    const written: Written[] = [];
    for (const [graph, file] of filesOf(model, out, options.graph)) {
      await refuseExisting([file], options.force ?? false);
      written.push(
        await exportOne(context, zoo, model, graph, file, {
          ...options,
          sizes,
          metadata: {
            'paperzoo.version': version(),
            ...(owner.version && { 'paperzoo.plugin_version': owner.version }),
            ...(weights && { 'paperzoo.weights': weights }),
          },
        }),
      );
    }
    const { opset, form } = options;
    terminal.result({ model: card.name, weights, opset, form, files: written }, () => {
      for (const each of written) write(context, card.name, each);
      if (weights === 'random') terminal.write('The weights are random: what the model says means nothing.');
    });
  } finally {
    await zoo.dispose();
  }
}

/** Which graph goes into which file: `out.onnx`, or `out.NAME.onnx` of several. */
function filesOf(model: Model, out: string, wanted: string | undefined): [graph: string | undefined, file: string][] {
  const names = Object.keys(model.graphs?.() ?? {});
  if (wanted !== undefined || names.length < 2) return [[wanted, out]];
  const stem = out.replace(/\.onnx$/, '');
  return names.map((name) => [name, `${stem}.${name}.onnx`]);
}

async function exportOne(
  { terminal, signal }: Context,
  zoo: Zoo,
  model: Model,
  graph: string | undefined,
  file: string,
  options: ExportOptions & { sizes: Record<string, number>; metadata: Record<string, string> },
): Promise<Written> {
  const { exportModel } = await import('@paperzoo/onnx');
  const start = performance.now();
  const progress = startProgress(terminal, `Writing ${basename(file)}`);
  try {
    const { opset, form, f16, sizes, metadata, external, force } = options;
    const made = await exportModel(zoo, model, {
      ...{ graph, opset, form, sizes, metadata, signal },
      weights: f16 ? 'f16' : 'f32',
      ...(external && { externalData: `${basename(file)}.data` }),
      onProgress: ({ phase, done, total }) => progress.update(share(phase, done / Math.max(1, total)), phase),
    });
    const beside = (made.externalData ?? []).map((each) => ({ path: join(dirname(file), each.name), ...each }));
    await refuseExisting(
      beside.map(({ path }) => path),
      force ?? false,
    );
    await writeFiles([{ path: file, chunks: () => [made.bytes] }, ...beside], signal);
    const { bytes: model_, inputs, outputs, nodes } = made;
    return {
      ...{ graph: made.metadata['paperzoo.graph'] ?? '', file, bytes: model_.length, nodes, inputs, outputs },
      external: beside.map(({ path, size }) => ({ file: path, bytes: size })),
      ...{ metadata: made.metadata, ms: performance.now() - start },
    };
  } finally {
    progress.stop();
  }
}

/** Where a phase begins, and the part of the whole that it takes: writing is most of it. */
const PHASES = { trace: [0, 0.2], optimise: [0.2, 0.2], lower: [0.4, 0.1], write: [0.5, 0.5] } as const;
const share = (phase: ExportProgress['phase'], done: number): number => PHASES[phase][0] + PHASES[phase][1] * done;

function sizesOf(given: readonly string[]): Record<string, number> {
  const entries = given.map((text) => {
    const [, name, size] = /^([A-Za-z_]\w*)=([1-9]\d{0,8})$/.exec(text) ?? [];
    if (name !== undefined) return [name, Number(size)] as const;
    throw new UsageError(`--size takes a dimension and its size, such as N=1, not "${text.slice(0, 50)}".`, {
      argument: 'size',
    });
  });
  return Object.fromEntries(entries);
}

function write({ terminal }: Context, model: string, each: Written): void {
  const ports = (list: OnnxExport['inputs']) => {
    const shown = list.slice(0, 6).map(({ name, dtype, dims }) => `${name} ${dtype}[${dims.join(', ')}]`);
    return [...shown, ...(list.length > 6 ? [`and ${list.length - 6} more`] : [])].join('; ');
  };
  terminal.write(terminal.colors.bold(each.file));
  writeFacts(terminal, [
    ['model', `${model}, ${each.graph}`],
    ['inputs', ports(each.inputs)],
    ['outputs', ports(each.outputs)],
    ['nodes', String(each.nodes)],
    [
      'size',
      [bytes(each.bytes), ...each.external.map(({ file, bytes: n }) => `${bytes(n)} in ${basename(file)}`)].join(', '),
    ],
    ['time', milliseconds(each.ms)],
  ]);
}
