// Rows of strided operands. The host leaves a table of the outer axes in memory: the rank, then for each axis, outermost first, its size and
// the byte stride of each operand. `locate` turns a row number into byte offsets, which it leaves in these globals (one set per thread).

export let at0: usize = 0;
export let at1: usize = 0;
export let at2: usize = 0;

/** Byte offsets of `operands` operands (1 to 3) at row `row`. */
export function locate(table: usize, operands: usize, row: usize): void {
  const rank = load<u32>(table);
  const step = (operands + 1) << 2;
  let axis = table + 4 + (rank - 1) * step;
  let a: usize = 0, b: usize = 0, c: usize = 0;
  let rest = row;
  for (let i = rank; i > 0; i--, axis -= step) {
    let index = rest;
    if (i > 1) {
      const size = load<u32>(axis);
      rest = index / size;
      index -= rest * size;
    }
    a += index * load<u32>(axis, 4);
    if (operands > 1) b += index * load<u32>(axis, 8);
    if (operands > 2) c += index * load<u32>(axis, 12);
  }
  at0 = a;
  at1 = b;
  at2 = c;
}
