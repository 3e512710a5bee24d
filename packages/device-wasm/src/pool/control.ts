/**
 * The block of shared memory through which the main thread hands out work, one job at a time.
 *
 * `state` counts jobs: `job · 256 + closed · 128 + workers inside`. A worker joins an open job by a compare-and-swap that adds one, takes
 * chunks from `next` until none is left, and subtracts one again. The main thread works too; when the chunks are gone it closes the job and
 * waits only for workers inside, so a worker that was asleep or not yet started never holds it up. Parameters are rewritten only when
 * the job is closed and empty. `wake` changes whenever there is something new; sleeping workers wait on it.
 * Words that different threads write lie on cache lines of their own.
 */
export const WORD = {
  state: 0,
  wake: 16,
  sleepers: 32,
  next: 48,
  /** Messages posted so far: a worker that has handled fewer leaves its loop to receive them. */
  mail: 64,
  ready: 80,
  failed: 96,
  module: 97,
  fn: 98,
  argc: 99,
  total: 100,
  chunk: 101,
  /** Bytes of UTF-16 text from `errorText` on: what the failing worker's exception said. */
  errorLength: 102,
  args: 112,
  errorText: 112 + 2 * 32,
} as const;

export const MAX_ARGS = 32;
const ERROR_CHARS = 240;
export const CONTROL_BYTES = WORD.errorText * 4 + ERROR_CHARS * 2;

export const CLOSED = 128;
export const INSIDE = 127;
export const JOB = 256;

export const SPIN_MICROSECONDS = 100;

/** Constants as the worker's source text needs them. */
export const controlSource = `const WORD = ${JSON.stringify(WORD)}, CLOSED = ${CLOSED}, INSIDE = ${INSIDE}, SPIN_MS = ${SPIN_MICROSECONDS / 1000}, ERROR_CHARS = ${ERROR_CHARS};`;
