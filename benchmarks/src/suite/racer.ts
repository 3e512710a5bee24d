import type { Plugin } from '@paperzoo/core';
import { allCases } from '../cases/index';
import { pluginCases } from '../cases/plugin';
import type { TimedCase } from '../cases/case';
import { firstLine } from '../first-line';
import { openPeakProbe } from '../machine/peaks';
import { PROFILES, SETTLE_MS } from './profile';
import type { RaceJob, RaceMessage } from './protocol';
import { race } from './race';

/** Runs the timed cases of a job one after the other; a case that fails does not stop the others. */
export async function runRaces(job: RaceJob, tell: (message: RaceMessage) => void): Promise<void> {
  const probe = await openPeakProbe(job.threads);
  const plugins = await Promise.all(job.plugins.map((url) => import(url) as Promise<{ default: Plugin }>));
  const brought = await Promise.all(plugins.map((module) => pluginCases(module.default)));
  const cases = [...allCases, ...brought.flat()];
  for (const id of job.cases) {
    const found = cases.find((c): c is TimedCase => c.kind === 'timed' && c.id === id);
    if (!found) {
      tell({ type: 'failed', id, reason: 'there is no such case' });
      continue;
    }
    tell({ type: 'start', id });
    const options = {
      ...PROFILES[job.suite],
      ...found.profile,
      settleMs: job.threads > 1 ? SETTLE_MS : 0,
      onProgress: (fraction: number) => tell({ type: 'fraction', id, fraction }),
    };
    try {
      tell({ type: 'row', row: await race(found, options, probe) });
    } catch (error) {
      tell({ type: 'failed', id, reason: firstLine(error) });
    }
  }
  tell({ type: 'peak', peak: probe.peak() });
  await probe.dispose();
  tell({ type: 'end' });
}
