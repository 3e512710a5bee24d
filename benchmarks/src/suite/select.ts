import type { Case } from '../cases/case';

/**
 * The cases of a suite whose id, group or title contains the filter, whatever its case; `threads` keeps those of one thread count. Figures have one.
 * A quick run without a filter leaves out what plugins bring: whoever asks for nothing in particular waits a minute, not ten. What starts a
 * browser has to be asked for by its group.
 */
export function selectCases(all: readonly Case[], suite: 'quick' | 'full', filter = '', threads?: number): Case[] {
  const wanted = filter.toLowerCase();
  return all.filter(
    (c) =>
      (c.kind !== 'page' || !c.asked || (wanted === '' ? suite === 'full' : wanted.startsWith(c.group))) &&
      (suite === 'full' || (c.quick && (c.plugin === undefined || wanted !== ''))) &&
      (threads === undefined || threads === (c.kind === 'timed' ? c.threads : 1)) &&
      [c.id, c.group, c.title, c.plugin ?? ''].some((text) => text.toLowerCase().includes(wanted)),
  );
}
