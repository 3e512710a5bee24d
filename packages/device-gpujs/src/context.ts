import type { Slot } from './slot';

/** One run of one function over every element of one output. */
export interface Launch {
  /**
   * A plain JavaScript function as text, in the subset that gpu.js compiles. Its parameters are the inputs, each a flat row-major array;
   * `this.thread.x` is the position of the element to compute, and what it returns is stored there. `this.constants` has the numbers
   * below. `quotient(a, b)` and `remainder(a, b)` divide whole numbers exactly.
   */
  readonly source: string;
  /** Whole numbers: sizes, strides, bounds of loops. They are compiled in, so each set of them is a kernel of its own. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Finite real numbers, compiled in as well. What changes from call to call belongs in a tensor instead. */
  readonly floats?: Readonly<Record<string, number>>;
}

/** What a kernel of this device works with. Launches run in the order in which they are made. */
export interface GpuContext {
  /** Fills `out`. */
  launch(out: Slot, inputs: readonly Slot[], launch: Launch): void;
  /** Space for an intermediate result of `size` elements; freed after the kernel. */
  scratch(size: number): Slot;
  /** A slot that holds these numbers; freed after the kernel. For values that a constant cannot hold, such as NaN. */
  values(...numbers: number[]): Slot;
}
