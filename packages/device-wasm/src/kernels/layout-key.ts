const keys = new Map<string, Map<number, string>>();

/**
 * Name of a packed layout and the two sizes that it depends on, for `ctx.packed`.
 * Made once: joining numbers into a fresh string on every call would cost as much as the look-up.
 */
export function layoutKey(layout: string, rows: number, columns: number): string {
  let known = keys.get(layout);
  if (!known) keys.set(layout, (known = new Map()));
  const id = rows * 2 ** 26 + columns;
  let key = known.get(id);
  if (key === undefined) known.set(id, (key = `${layout} ${rows}x${columns}`));
  return key;
}
