import type { Claim, ClaimResult, Zoo } from '@paperzoo/core';
import type { Context } from '../context';
import type { FoundPlugin } from '../plugins/plugin-set';
import { startProgress } from '../terminal/progress';
import { describe } from '../terminal/report-error';
import { makeZoo, type DeviceName } from '../zoo';

/** A claim and what came of measuring it. */
export interface ClaimReport {
  readonly id: string;
  readonly plugin: string;
  readonly source: string;
  readonly statement: string;
  /** The paper's figure. */
  readonly figure: string;
  readonly scaledDown: string;
  readonly verdict: 'holds' | 'does not hold' | 'cannot be shown here' | 'failed';
  readonly measured?: ClaimResult['measured'];
  /** Why it holds or not, why it cannot be shown, or what went wrong. */
  readonly because: string;
  readonly seconds: number;
}

/** Measures one claim in zoos of its own, which are gone afterwards. Rejects when the run is aborted; other errors become a report. */
export async function measureClaim(
  context: Context,
  claim: Claim,
  { name: plugin }: FoundPlugin,
  { title, found, device }: { title: string; found: readonly FoundPlugin[]; device: DeviceName },
): Promise<ClaimReport> {
  const { id, source, statement, figure, scaledDown } = claim;
  const progress = startProgress(context.terminal, title);
  const zoos: Zoo[] = [];
  const start = performance.now();
  const report = (outcome: Pick<ClaimReport, 'verdict' | 'because' | 'measured'>): ClaimReport => ({
    ...{ id, plugin, source, statement, figure, scaledDown, ...outcome },
    seconds: (performance.now() - start) / 1000,
  });
  try {
    const { measured, holds, because } = await claim.run({
      signal: context.signal,
      progress: (fraction, note) => progress.update(fraction, note),
      zoo: async ({ threads = 1 } = {}) => {
        const zoo = await makeZoo(context, found, { device, threads });
        zoos.push(zoo);
        return zoo;
      },
    });
    return report({
      verdict: holds === null ? 'cannot be shown here' : holds ? 'holds' : 'does not hold',
      because,
      measured,
    });
  } catch (error) {
    context.signal.throwIfAborted();
    return report({ verdict: 'failed', because: describe(error).message });
  } finally {
    progress.stop();
    for (const zoo of zoos) await zoo.dispose();
  }
}
