import type { ModelCard } from '@paperzoo/core';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import type { FoundPlugin } from '../plugins/plugin-set';
import { writeFacts } from '../terminal/facts';
import { bytes, short } from '../terminal/numbers';
import { writeTable } from '../terminal/table';
import { wrapText } from '../terminal/wrap';
import { DEVICES, type DeviceName } from '../zoo';
import { UsageError } from '../usage-error';
import { findCard } from './find-card';
import { infoFile, isModelFile } from './info-file';
import { weightsSource } from './load-model';
import { studyModel, type Study } from './study-model';

export interface InfoOptions extends CommonOptions {
  readonly device?: DeviceName;
  readonly imgSize?: number;
}

/** `paperzoo info`: a model's card, and what tracing it tells: work, bytes, and which kernel runs each op on each device; or a model's file. */
export async function info(context: Context, name: string, options: InfoOptions): Promise<void> {
  if (isModelFile(name)) {
    if (options.device ?? options.imgSize)
      throw new UsageError('--device and --img-size are for models, not for their files.', { argument: name });
    return infoFile(context, name);
  }
  const { terminal, signal } = context;
  const { found } = await loadPlugins(context, options);
  const { card, owner } = findCard(found, name);
  const studies: Study[] = [];
  for (const device of options.device ? [options.device] : DEVICES) {
    signal.throwIfAborted();
    studies.push(await studyModel(context, found, card, { device, imgSize: options.imgSize }));
  }
  const { load: _load, ...stated } = card;
  const { name: plugin, version, plugin: manifest } = owner;
  terminal.result(
    {
      ...stated,
      plugin: { name: plugin, version, license: manifest.license, paper: manifest.paper },
      devices: studies,
    },
    () => write(context, card, owner, studies),
  );
}

function write({ terminal }: Context, card: ModelCard, { name, version, plugin }: FoundPlugin, studies: Study[]): void {
  const { paper } = plugin;
  const [study] = studies;
  const metrics = Object.entries(card.metrics ?? {}).map(([what, { value, source }]) => `${what} ${value} (${source})`);
  terminal.write(terminal.colors.bold(card.name));
  writeFacts(terminal, [
    ['task', card.task],
    ['paper', [paper.title, [paper.venue, paper.year].filter(Boolean).join(' ')].filter(Boolean).join('. ')],
    ['authors', paper.authors],
    ['arXiv', paper.arxiv],
    ['code', paper.code],
    ['plugin', `${name}${version ? ` ${version}` : ''} (${plugin.license})`],
    ['license', card.license && `${card.license} (weights)`],
    ['weights', `${weightsSource(card) ?? 'none published'}${card.hub?.revision ? `@${card.hub.revision}` : ''}`],
    ['metrics', metrics.length ? metrics.join('; ') : undefined],
    ['params', study?.params === undefined ? short(card.params) : `${short(study.params)} (${study.params})`],
    ['input', study?.input && `[${study.input.join(', ')}]`],
    ['MACs', study && `${short(study.macs)} (${study.macs}, counted over ${study.nodes} ops)`],
    ['weights held', study && bytes(study.weightBytes)],
    ['moved', study && `${bytes(study.movedBytes)} read and written by the ops`],
    ['note', studies.find((each) => each.obstacle)?.obstacle],
  ]);
  for (const { device, ops } of studies) {
    if (ops.length === 0) continue;
    terminal.write();
    terminal.write(terminal.colors.bold(`Kernels on ${device}`));
    writeTable(
      terminal,
      [
        { title: 'OP', wrap: true },
        { title: 'CALLS', align: 'right' },
        { title: 'RUNS ON', wrap: true },
      ],
      ops.map(({ op, calls, kernel }) => [op, String(calls), kernel]),
    );
    for (const { op, kernel, because, madeOf = [] } of ops) {
      if (kernel !== 'composite') continue;
      const why = because.length > 0 ? because.join('; ') : `${device} has no kernel for it`;
      const text = `${op} runs composed (${why}), of ${madeOf.join(', ')}`;
      for (const line of wrapText(text, terminal.width)) terminal.write(line);
    }
  }
}
