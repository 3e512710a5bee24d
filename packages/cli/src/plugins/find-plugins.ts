import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { definePlugin, type Plugin } from '@paperzoo/core';
import { describe } from '../terminal/report-error';
import { candidates } from './candidates';
import { entryOf, findNamed, type Named } from './named';
import type { BrokenPlugin, FoundPlugin, PluginSet } from './plugin-set';

export interface FindOptions {
  /** Where to look from; default the current folder. */
  readonly cwd?: string;
  /** Names or paths of further plugins; they win over others of the same name. */
  readonly named?: readonly string[];
}

/** A module that has not finished loading by then never will. */
const IMPORT_TIMEOUT_MS = 20_000;

/**
 * Imports every plugin that can be found: named ones, those of the project, of this repository, and of the packages beside this command.
 * A plugin that cannot be imported is listed as broken, with the reason. Throws `UsageError` when a named one does not exist.
 */
export async function findPlugins({ cwd = process.cwd(), named = [] }: FindOptions = {}): Promise<PluginSet> {
  const wanted = named.map((name) => findNamed(name, cwd));
  const names = new Set(wanted.flatMap((each) => ('manifest' in each ? [each.manifest.name] : [])));
  const all: Named[] = [...wanted, ...candidates(cwd).filter(({ manifest }) => !names.has(manifest.name))];
  const loaded = await Promise.all(all.map(load));
  const found = new Map<string, FoundPlugin>();
  for (const each of loaded) if ('plugin' in each && !found.has(each.name)) found.set(each.name, each);
  return { found: [...found.values()], broken: loaded.filter((each) => 'error' in each) };
}

async function load(named: Named): Promise<FoundPlugin | BrokenPlugin> {
  const path = 'file' in named ? named.file : named.folder;
  const name = 'file' in named ? named.file : named.manifest.name;
  try {
    const file = 'file' in named ? named.file : entryOf(named);
    if (!existsSync(file)) return { name, path, error: `${file} does not exist: is the package built?`, unbuilt: true };
    const plugin = checked(await withDeadline(import(pathToFileURL(file).href) as Promise<{ default?: unknown }>));
    const version = 'file' in named ? undefined : named.manifest.version;
    return { name: plugin.name, ...(version !== undefined && { version }), path, file, plugin };
  } catch (error) {
    const { message, remedy } = describe(error);
    return { name, path, error: remedy && !isInternal(error) ? `${message} ${remedy}` : message };
  }
}

const isInternal = (error: unknown) => describe(error).code === 'internal';

/** The default export, when it is a plugin of this very core. */
function checked(module: { default?: unknown }): Plugin {
  const plugin = module.default as Partial<Plugin> | undefined;
  if (typeof plugin !== 'object' || typeof plugin?.name !== 'string' || typeof plugin.core !== 'symbol') {
    throw new Error('its default export was not made by definePlugin');
  }
  // Each copy of the core stamps its plugins with a symbol of its own.
  const ours = definePlugin({ name: 'paperzoo', api: plugin.api!, license: 'MIT', paper: { title: 'none' } }).core;
  if (plugin.core !== ours) {
    throw new Error(
      'it was made by another copy of @paperzoo/core than this command’s: install paperzoo beside it (npm install paperzoo)',
    );
  }
  return plugin as Plugin;
}

async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`importing it took more than ${IMPORT_TIMEOUT_MS / 1000} s`)),
      IMPORT_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
