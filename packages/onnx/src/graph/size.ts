/** A size that depends on symbols, such as `2*N*T + 3`: integer coefficients by product of symbols. Each symbol occurs at most once in a product. */
export class Size {
  private constructor(
    /** Coefficients by product, `` for the constant; a product's symbols are joined by `*`, in order. */
    readonly terms: ReadonlyMap<string, number>,
  ) {}

  static of(terms: Iterable<readonly [string, number]>): Dim {
    const kept = [...terms].filter(([, n]) => n !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
    if (kept.length === 0) return 0;
    if (kept.length === 1 && kept[0]![0] === '') return kept[0]![1];
    return new Size(new Map(kept));
  }

  /** The only symbol when the size is just that. */
  get symbol(): string | undefined {
    const [[product, factor] = ['', 0]] = this.terms;
    return this.terms.size === 1 && factor === 1 && !product.includes('*') ? product : undefined;
  }

  /** `N`, `2*N*T + 3`: also how a file names the dimension. */
  toString(): string {
    return [...this.terms]
      .sort(([a], [b]) => Number(a === '') - Number(b === '') || (a < b ? -1 : 1))
      .map(([product, n]) => (product === '' ? `${n}` : n === 1 ? product : `${n}*${product}`))
      .join(' + ');
  }
}

/** A size as graphs hold it: a plain number where no symbol is involved. */
export type Dim = number | Size;

export const sameDim = (a: Dim | undefined, b: Dim | undefined): boolean => String(a) === String(b);
export const isFixed = (dims: readonly Dim[]): dims is readonly number[] =>
  dims.every((dim) => typeof dim === 'number');

const termsOf = (dim: Dim): ReadonlyMap<string, number> => (typeof dim === 'number' ? new Map([['', dim]]) : dim.terms);

/** Values of all symbols at which a function was traced. */
export type Sizing = ReadonlyMap<string, number>;

/**
 * The sizings to trace at: every combination of two values per symbol, which determine a polynomial that is linear in each symbol, then one
 * more, well above them, that checks it. Values are neither 0 nor 1, where broadcasting would hide a dependence, and of both parities.
 */
export function sizingsOf(bases: ReadonlyMap<string, number>): Sizing[] {
  const symbols = [...bases].map(([name, base]) => [name, Math.max(2, base)] as const);
  const grid = Array.from(
    { length: 2 ** symbols.length },
    (_, corner) =>
      // Symbols move by different steps, so that two of them are told apart wherever they meet.
      new Map(symbols.map(([name, base], i) => [name, base + (corner & (1 << i) ? 1 + 2 * i : 0)])),
  );
  if (symbols.length === 0) return grid;
  return [...grid, new Map(symbols.map(([name, base], i) => [name, base + 36 + 3 * i]))];
}

/** The size that takes these values at these sizings, or undefined when it is no polynomial with integer coefficients. */
export function fitDim(values: readonly number[], sizings: readonly Sizing[]): Dim | undefined {
  const first = values[0]!;
  if (values.every((value) => value === first)) return first;
  const symbols = [...sizings[0]!.keys()];
  const corners = 2 ** symbols.length;
  const low = sizings[0]!;
  const high = sizings[corners - 1]!;
  // Differences along one symbol after the other leave, at each corner, the coefficient of the product of (symbol - low) over its bits.
  const shifted = values.slice(0, corners);
  symbols.forEach((symbol, i) => {
    const step = high.get(symbol)! - low.get(symbol)!;
    for (let corner = 0; corner < corners; corner++)
      if (corner & (1 << i)) shifted[corner] = (shifted[corner]! - shifted[corner ^ (1 << i)]!) / step;
  });
  const terms = new Map<string, number>();
  shifted.forEach((coefficient, corner) => {
    const present = symbols.filter((_, i) => corner & (1 << i));
    // Multiply out the product of (symbol - low).
    for (let subset = 0; subset < 2 ** present.length; subset++) {
      const product = present.filter((_, i) => subset & (1 << i));
      const rest = present.filter((_, i) => !(subset & (1 << i)));
      const factor = rest.reduce((f, symbol) => -f * low.get(symbol)!, coefficient);
      const key = [...product].sort().join('*');
      terms.set(key, (terms.get(key) ?? 0) + factor);
    }
  });
  if (![...terms.values()].every(Number.isSafeInteger)) return undefined;
  const fitted = Size.of(terms);
  return sizings.every((sizing, i) => evaluate(fitted, sizing) === values[i]) ? fitted : undefined;
}

/** The value at a sizing. */
export function evaluate(dim: Dim, sizing: Sizing): number {
  let sum = 0;
  for (const [product, n] of termsOf(dim)) {
    sum += product === '' ? n : product.split('*').reduce((f, symbol) => f * (sizing.get(symbol) ?? NaN), n);
  }
  return sum;
}
