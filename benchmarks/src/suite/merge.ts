import type { Entry, TimedRow } from '../results';

/**
 * One row out of a case's heats: of each library the heat with the shorter minimum, ratios worked out anew. A library that could not run in
 * one of them is absent, with that reason.
 */
export function mergeHeats(heats: readonly TimedRow[]): TimedRow {
  const [first] = heats as readonly [TimedRow];
  const best = first.entries.map(({ id }) => {
    const all = heats.flatMap(({ entries }) => entries.filter((e) => e.id === id));
    return all.find((e) => !e.stats) ?? all.reduce((a, b) => (b.stats!.min < a.stats!.min ? b : a));
  });
  const ours = first.agree === false ? undefined : best[0]?.stats;
  const entries = best.map((entry): Entry => {
    const { stats } = entry;
    if (!stats || !ours) return entry;
    return { ...entry, ratio: stats.min / ours.min, medianRatio: stats.median / ours.median };
  });
  return { ...first, entries };
}
