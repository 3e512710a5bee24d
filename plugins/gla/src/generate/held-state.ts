import { DTYPES, type DType, type GraphValue, type TypedArray } from '@paperzoo/core';

/**
 * A state whose tensors an executor holds, with rows along their first axis and, where it grows, tokens along the second, the newest last. Only a
 * change of rows brings them out.
 */
export class HeldState {
  constructor(public values: readonly GraphValue[]) {}

  /** Goes on to the values after a step; those before it are freed. */
  advance(values: readonly GraphValue[]): void {
    this.dispose();
    this.values = values;
  }

  async select(rows: readonly number[]): Promise<HeldState> {
    const picked: GraphValue[] = [];
    for (const value of this.values) {
      const data = await value.data();
      const per = data.length / value.shape[0]!;
      const parts = rows.map((row) => data.subarray(row * per, (row + 1) * per));
      picked.push(onHost(value, [rows.length, ...value.shape.slice(1)], parts));
    }
    return new HeldState(picked);
  }

  /** The rows of several states one after the other; the shorter ones get zeros in front, which nobody sees. */
  static async concat(states: readonly HeldState[]): Promise<HeldState> {
    const joined: GraphValue[] = [];
    for (const [at, first] of states[0]!.values.entries()) {
      const values = states.map((state) => state.values[at]!);
      const [, , ...each] = first.shape;
      const length = Math.max(...values.map(({ shape }) => shape[1] ?? 1));
      const per = length * each.reduce((a, b) => a * b, 1);
      const parts: TypedArray[] = [];
      for (const value of values) {
        const data = await value.data();
        const own = value.shape[0] === 0 ? 0 : data.length / value.shape[0]!;
        for (let row = 0; row < value.shape[0]!; row++) {
          const padded = zeros(value.dtype, per);
          padded.set(data.subarray(row * own, (row + 1) * own), per - own);
          parts.push(padded);
        }
      }
      joined.push(onHost(first, [parts.length, ...(first.shape.length > 1 ? [length, ...each] : [])], parts));
    }
    return new HeldState(joined);
  }

  dispose(): void {
    for (const value of this.values) value.dispose();
  }
}

const zeros = (dtype: DType, size: number): TypedArray =>
  new DTYPES[dtype].array(new ArrayBuffer(size * DTYPES[dtype].bytes));

/** A value in ordinary memory, which the next step takes like any other. */
function onHost({ dtype }: GraphValue, shape: readonly number[], parts: readonly TypedArray[]): GraphValue {
  const whole = zeros(
    dtype,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { shape, dtype, data: () => Promise.resolve(whole), dispose: () => undefined };
}
