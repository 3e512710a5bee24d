/** One named test, for any framework: `for (const { name, run } of conform(…)) test(name, run)`. */
export interface Check {
  /** `device · op · what`, unique in its list. */
  readonly name: string;
  /** Throws (or rejects) when the contract is broken. */
  run(): Promise<void>;
}

/** A broken contract; the message says what was expected of whom and what came. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** Throws `ConformanceError` unless `condition` holds. */
export function demand(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new ConformanceError(typeof message === 'string' ? message : message());
}
