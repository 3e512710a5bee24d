// Kernels that look at a whole row: by one invocation where rows are short or lie across memory, by a workgroup where they are long.
import type { Program } from '../gpu/program';
import { laneBoth, LANES } from '../wgsl/lanes';
import { maximum } from '../wgsl/special';

/** Below this, meeting at barriers costs more than the work that is shared. */
const SHORT = 33;

export interface RowBody {
  /** Runs `code` for every `j` of the row; `at` is the element's place. */
  each(code: string): string;
  /** The sum, and the largest, of what the lanes hold in a variable. */
  sum(variable: string): string;
  top(variable: string): string;
}

/** Whether rows of `n` elements, `inner` apart, are shared by a workgroup. */
export const isShared = (n: number, inner: number): boolean => inner === 1 && n >= SHORT;

/**
 * A program over rows [outer, n, inner], one at a time. In the body: `row`, its number, `p.n`, and the helpers. `first` is true for the one
 * invocation that writes what a row has once.
 */
export function rowProgram(
  shared: boolean,
  program: Omit<Program, 'body' | 'kind' | 'lanes'>,
  body: (row: RowBody) => string,
): Program {
  const loop = shared ? `for (var j = lane; j < p.n; j += ${LANES}u)` : 'for (var j = 0u; j < p.n; j++)';
  const place = shared ? 'start + j' : 'start + j * p.inner';
  const helpers: RowBody = {
    each: (code) => `${loop} { let at = ${place}; ${code} }`,
    sum: (variable) => (shared ? `laneSum(lane, ${variable})` : variable),
    top: (variable) => (shared ? `laneTop(lane, ${variable})` : variable),
  };
  const head = shared
    ? 'let row = group; let start = row * p.n; let first = lane == 0u;'
    : 'let row = i; let start = (row / p.inner) * p.n * p.inner + row % p.inner; let first = true;';
  return {
    ...program,
    params: ['n', 'inner', ...program.params],
    uses: [...(shared ? [laneBoth] : [maximum]), ...(program.uses ?? [])],
    kind: shared ? 'groups' : 'elements',
    lanes: LANES,
    body: `${head}\n  ${body(helpers)}`,
  };
}
