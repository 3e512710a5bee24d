import { listModels, ModelError, type ModelCard } from '@paperzoo/core';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { weightsSource } from './load-model';
import { nearest } from '../plugins/nearest';
import { short } from '../terminal/numbers';
import { writeTable, type Column } from '../terminal/table';

export interface ListOptions extends CommonOptions {
  readonly pretrained?: boolean;
}

/** `paperzoo list`: the models of all plugins, offline. */
export async function list(context: Context, glob: string | undefined, options: ListOptions): Promise<void> {
  const { terminal } = context;
  const { found, broken } = await loadPlugins(context, options);
  // A part of a name is what people type first.
  const pattern = glob === undefined || /[*?]/.test(glob) ? (glob ?? '*') : `*${glob}*`;
  const rows = found.flatMap(({ name, plugin }) =>
    listModels([plugin], pattern, { pretrained: options.pretrained ?? false }).map((card) => ({ card, from: name })),
  );
  if (rows.length === 0 && glob !== undefined && found.length > 0) {
    const names = nearest(found, glob);
    throw new ModelError(`No ${options.pretrained ? 'pretrained ' : ''}model matches "${glob}".`, {
      argument: 'glob',
      got: glob,
      ...(names.length > 0 && { expected: names, remedy: `Nearest: ${names.join(', ')}.` }),
    });
  }
  terminal.result(
    {
      models: rows.map(({ card, from }) => describe(card, from)),
      plugins: found.map(({ name, version, path }) => ({ name, version, path })),
      broken,
    },
    () => {
      if (rows.length === 0)
        terminal.note('No plugins with models are installed. Try: npm install @paperzoo/efficientvit');
      else write();
    },
  );

  function write(): void {
    const narrow = terminal.width < WIDE;
    const columns: Column[] = [
      { title: 'MODEL' },
      { title: 'PARAMS', align: 'right' },
      { title: 'MACS', align: 'right' },
      ...(narrow ? [] : [{ title: 'TASK' }]),
      { title: 'WEIGHTS', wrap: true },
    ];
    const cells = rows.map(({ card }) => [
      ...[card.name, short(card.params), short(card.macs)],
      ...(narrow ? [weightsSource(card) ? 'published' : 'none'] : [card.task, weights(card)]),
    ]);
    writeTable(terminal, columns, cells);
  }
}

/** Columns from which on task and address of the weights fit in. */
const WIDE = 90;

const weights = (card: ModelCard): string => weightsSource(card) ?? 'none published';

const describe = (card: ModelCard, plugin: string) => {
  const { name, task, params, macs, license, hub, package: npm, metrics } = card;
  return { name, task, params, macs, license, hub, package: npm, metrics, plugin };
};
