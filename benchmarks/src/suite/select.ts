import { allCases } from '../cases/index';
import type { Case } from '../cases/case';

/** The cases of a suite whose id, group or title contains the filter, whatever its case. */
export function selectCases(suite: 'quick' | 'full', filter = ''): Case[] {
  const wanted = filter.toLowerCase();
  return allCases.filter(
    (c) =>
      (suite === 'full' || c.quick) && [c.id, c.group, c.title].some((text) => text.toLowerCase().includes(wanted)),
  );
}
