import type { Claim } from '@paperzoo/core';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import type { FoundPlugin } from '../plugins/plugin-set';
import { describe } from '../terminal/report-error';
import { UsageError } from '../usage-error';
import type { DeviceName } from '../zoo';
import { measureClaim, type ClaimReport } from './measure-claim';
import { writeClaims } from './write-claims';

export interface ClaimsOptions extends CommonOptions {
  readonly only?: readonly string[];
  readonly device: DeviceName;
}

/** `paperzoo claims`: measures what papers claim. A claim that does not hold is a result; one that fails to run is a failure. */
export async function claims(context: Context, wanted: string | undefined, options: ClaimsOptions): Promise<number> {
  const { terminal } = context;
  const { found } = await loadPlugins(context, options);
  const plugins = choose(found, wanted);
  const { all, broken } = await collect(context, plugins);
  const chosen = options.only ? all.filter(({ claim }) => options.only!.includes(claim.id)) : all;
  const missing = options.only?.find((id) => !all.some(({ claim }) => claim.id === id));
  if (missing !== undefined) {
    const ids = all.map(({ claim }) => claim.id);
    throw new UsageError(`There is no claim "${missing}".`, {
      argument: 'only',
      got: missing,
      expected: ids,
      remedy: ids.length ? `There are: ${ids.join(', ')}.` : 'The plugins found here make none.',
    });
  }
  const reports: ClaimReport[] = [];
  for (const [index, { claim, plugin }] of chosen.entries()) {
    const title = `Claim ${index + 1} of ${chosen.length}: ${claim.id}`;
    reports.push(await measureClaim(context, claim, plugin, { title, found, device: options.device }));
  }
  terminal.result({ device: options.device, claims: reports, broken }, () => {
    if (reports.length === 0 && broken.length === 0) terminal.note('The plugins found here make no claims.');
    else if (reports.length > 0) writeClaims(terminal, reports);
  });
  return broken.length > 0 || reports.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}

/** A plugin's name may be given without its scope. */
function choose(found: readonly FoundPlugin[], wanted: string | undefined): readonly FoundPlugin[] {
  if (wanted === undefined) return found;
  const chosen = found.filter(({ name }) => name === wanted || name.split('/').at(-1) === wanted);
  if (chosen.length > 0) return chosen;
  const names = found.map(({ name }) => name);
  throw new UsageError(`There is no plugin "${wanted}".`, {
    argument: 'plugin',
    got: wanted,
    expected: names,
    remedy: names.length ? `Found here: ${names.join(', ')}.` : 'None was found here; name one with --plugin.',
  });
}

interface Collected {
  readonly all: { readonly claim: Claim; readonly plugin: FoundPlugin }[];
  /** Plugins whose claims could not be imported. */
  readonly broken: { readonly plugin: string; readonly error: string }[];
}

async function collect({ terminal }: Context, plugins: readonly FoundPlugin[]): Promise<Collected> {
  const { all, broken }: Collected = { all: [], broken: [] };
  for (const plugin of plugins) {
    try {
      const listed = (await plugin.plugin.claims?.())?.default ?? [];
      all.push(...listed.map((claim) => ({ claim, plugin })));
    } catch (error) {
      const { message } = describe(error);
      broken.push({ plugin: plugin.name, error: message });
      terminal.warn(`the claims of ${plugin.name} could not be loaded: ${message}`);
    }
  }
  return { all, broken };
}
