import { allCases } from '../cases/index';
import type { Case } from '../cases/case';

/** The cases of a suite whose id, group or title contains the filter, whatever its case; `threads` keeps those of one thread count. Figures have one. */
export function selectCases(suite: 'quick' | 'full', filter = '', threads?: number): Case[] {
  const wanted = filter.toLowerCase();
  return allCases.filter(
    (c) =>
      (suite === 'full' || c.quick) &&
      (threads === undefined || threads === (c.kind === 'timed' ? c.threads : 1)) &&
      [c.id, c.group, c.title].some((text) => text.toLowerCase().includes(wanted)),
  );
}
