import type { CommonOptions, Context } from '../context';
import { findPlugins } from './find-plugins';
import type { PluginSet } from './plugin-set';

/** Every plugin that can be used; broken ones are warned about and left out. */
export async function loadPlugins({ terminal }: Context, { plugin = [] }: CommonOptions): Promise<PluginSet> {
  const set = await findPlugins({ named: plugin });
  for (const { name, error } of set.broken) terminal.warn(`plugin ${name} is left out: ${error}`);
  return set;
}
