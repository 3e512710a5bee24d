import { Philox } from '@paperzoo/nn';

// "Reset-recall": remember some facts for ever and forget others whenever a document begins. A sequence opens with the global facts;
// documents follow until it is full, each opened by a reset after which no local fact is known. A fact is one token (key and value), a
// query one token that names a key; what is asked for is the value last given for it.

const VALUES = 8;
const LOCAL_KEYS = 12;
const GLOBAL_KEYS = 4;
const KEYS = LOCAL_KEYS + GLOBAL_KEYS;
const QUERY = KEYS * VALUES;
const RESET = QUERY + KEYS;
/** Token ids. */
export const RECALL_VOCABULARY = RESET + 1;
/** Target where nothing is asked. */
export const NOTHING = -100;

/** Token ids and, at each query, the value that is the right answer; [sequences, length] in rows. */
export interface RecallBatch {
  readonly sequences: number;
  readonly length: number;
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

/** Sequences that the seed and the stream alone determine. */
export function recallBatch(sequences: number, length: number, seed: number, stream: number): RecallBatch {
  const ids = new Int32Array(sequences * length);
  const targets = new Int32Array(sequences * length).fill(NOTHING);
  for (let row = 0; row < sequences; row++) {
    const draw = uniforms(new Philox(seed, stream * 4096 + row), length);
    write(ids.subarray(row * length, (row + 1) * length), targets.subarray(row * length, (row + 1) * length), draw);
  }
  return { sequences, length, ids, targets };
}

/** Integers below a bound, one after the other. */
function uniforms(random: Philox, length: number): (below: number) => number {
  // A token takes at most four draws, the documents fewer than one each.
  const numbers = random.uniform(5 * length + 64);
  let at = 0;
  return (below) => Math.floor(numbers[at++]! * below);
}

function write(ids: Int32Array, targets: Int32Array, below: (bound: number) => number): void {
  const known = new Map<number, number>();
  let at = 0;
  const full = () => at >= ids.length;
  const put = (token: number, target = NOTHING) => {
    if (full()) return;
    ids[at] = token;
    targets[at++] = target;
  };
  const fact = (key: number) => {
    const value = below(VALUES);
    known.set(key, value);
    put(key * VALUES + value);
  };
  const query = (key: number) => put(QUERY + key, known.get(key)!);
  const keys = Array.from({ length: GLOBAL_KEYS }, (_, i) => LOCAL_KEYS + i);
  while (keys.length) fact(keys.splice(below(keys.length), 1)[0]!);
  while (!full()) {
    put(RESET);
    const local: number[] = [];
    const tokens = below(2) ? 4 + below(5) : 40 + below(24);
    for (let t = 0; t < tokens && !full(); t++) {
      const u = below(100);
      if (u < 35 || local.length === 0) {
        const key = below(LOCAL_KEYS);
        if (local.includes(key)) query(key);
        else {
          local.push(key);
          fact(key);
        }
      } else if (u < 55) query(local[below(local.length)]!);
      else query(LOCAL_KEYS + below(GLOBAL_KEYS));
    }
  }
}
