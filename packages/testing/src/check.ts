/** One named test, for any framework: `for (const { name, run } of conform(…)) test(name, run)`. */
export interface Check {
  /** The parts below, joined by ` · `; unique in its list. */
  readonly name: string;
  /** The device under test, by the name it was given; absent for what is checked in float64 alone. */
  readonly device?: string;
  /** The op, or the model, that is checked; absent for what a device or a plugin has to keep as a whole. */
  readonly subject?: string;
  /** What is checked: a sample, or a kind of check. */
  readonly what: string;
  /** Throws (or rejects) when the contract is broken. */
  run(): Promise<void>;
}

/** What was wanted and what came, where both can be told apart from the sentence. */
export interface Mismatch {
  readonly expected: unknown;
  readonly got: unknown;
}

/** A broken contract; the message says what was expected of whom and what came. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';

  constructor(
    message: string,
    readonly details: Partial<Mismatch> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Throws `ConformanceError` unless `condition` holds. */
export function demand(
  condition: boolean,
  message: string | (() => string),
  details?: () => Partial<Mismatch> | undefined,
): asserts condition {
  if (!condition) throw new ConformanceError(typeof message === 'string' ? message : message(), details?.());
}

/** Collects checks under names made of their parts. */
export class CheckList {
  readonly checks: Check[] = [];

  add(parts: Pick<Check, 'device' | 'subject' | 'what'>, run: () => Promise<void>): void {
    const { device, subject, what } = parts;
    this.checks.push({ name: [device, subject, what].filter((part) => part !== undefined).join(' · '), ...parts, run });
  }
}
