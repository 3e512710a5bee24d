import type { GraphValue, TypedArray } from '@paperzoo/core';

/** A state whose tensors an executor holds, with rows along their first axis. Only a change of rows brings them out. */
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
      picked.push(onHost(value, rows.length, parts));
    }
    return new HeldState(picked);
  }

  /** The rows of several states one after the other. */
  static async concat(states: readonly HeldState[]): Promise<HeldState> {
    const joined: GraphValue[] = [];
    for (const [at, value] of states[0]!.values.entries()) {
      const parts = await Promise.all(states.map((state) => state.values[at]!.data()));
      const rows = states.reduce((sum, state) => sum + state.values[at]!.shape[0]!, 0);
      joined.push(onHost(value, rows, parts));
    }
    return new HeldState(joined);
  }

  dispose(): void {
    for (const value of this.values) value.dispose();
  }
}

/** A value in ordinary memory, which the next step takes like any other. */
function onHost({ shape, dtype }: GraphValue, rows: number, parts: readonly TypedArray[]): GraphValue {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { shape: [rows, ...shape.slice(1)], dtype, data: () => Promise.resolve(whole), dispose: () => undefined };
}
