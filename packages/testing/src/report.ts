import type { Tolerance } from '@paperzoo/core';

/** One comparison of a kernel (or a composite) with the float64 truth. */
export interface ErrorEntry {
  readonly device: string;
  readonly op: string;
  readonly sample: string;
  /** Kernel id, or `composite`. */
  readonly way: string;
  readonly rel: number;
  readonly abs: number;
  readonly tolerance: Tolerance;
}

/** Collects measured errors, so that a tolerance can be shown with the error beside it. */
export class ErrorReport {
  readonly #worst = new Map<string, ErrorEntry>();

  add(entry: ErrorEntry): void {
    const key = `${entry.op}\0${entry.device}\0${entry.way}`;
    const known = this.#worst.get(key);
    if (!known || share(entry) > share(known)) this.#worst.set(key, entry);
  }

  /** The sample that comes closest to its tolerance, per op, device and way; by op and device. */
  worst(): ErrorEntry[] {
    return [...this.#worst.values()].sort(
      (a, b) => compare(a.op, b.op) || compare(a.device, b.device) || compare(a.way, b.way),
    );
  }

  /** A Markdown table of `worst()`, the nearest to its tolerance first. */
  toString(): string {
    const head = ['op', 'device', 'way', 'rel (rms)', 'allowed', 'abs (max)', 'allowed', 'share', 'sample'];
    const rows = this.worst()
      .sort((a, b) => share(b) - share(a))
      .map((e) => [
        e.op,
        e.device,
        e.way,
        e.rel.toExponential(1),
        String(e.tolerance.rel),
        e.abs.toExponential(1),
        String(e.tolerance.abs),
        `${Math.round(100 * share(e))} %`,
        e.sample,
      ]);
    return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }
}

/** How much of its tolerance an error uses up. */
const share = (e: ErrorEntry): number => Math.max(e.rel / e.tolerance.rel, e.abs / e.tolerance.abs);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
