/** Work that repays handing it to another thread, in multiply-adds: about 5 µs of one core. */
const WORTH = 100_000;

/**
 * Grain for `ctx.parallel`: the fewest items that are worth a hand-over, in multiples of `multiple`.
 * @param macs multiply-adds of one item, or as many other steps of similar cost
 */
export function grainFor(macs: number, multiple = 1): number {
  return multiple * Math.max(1, Math.ceil(WORTH / Math.max(1, macs * multiple)));
}
