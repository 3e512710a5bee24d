import { attention, slice, type Claim, type Tensor, type Zoo } from '@paperzoo/core';
import { attentionInputs, glaInputs } from '../bench/inputs';
import { GLA_HEADS } from '../bench/layer';
import { gla } from '../ops/gla';
import { fastest, REFERENCE_DEVICE, type Timed } from './fastest';

export interface CrossoverOptions {
  /** Lengths that are measured; default 128 to 4096. */
  readonly lengths?: readonly number[];
  /** The length at which GLA must be faster; default 1024. */
  readonly at?: number;
  readonly seconds?: number;
  readonly measure?: typeof fastest;
}

const WIDTH = 64;

/** Both ways to mix the tokens of a layer 256 wide, by length. */
function lanes(zoo: Zoo, lengths: readonly number[]): { subjects: Map<string, Timed>; free: () => void } {
  const held: Tensor[] = [];
  const subjects = new Map<string, Timed>();
  for (const T of lengths) {
    const mixed = glaInputs(zoo, { T, ...GLA_HEADS });
    const [q, k, v] = attentionInputs(zoo, T, GLA_HEADS.H, WIDTH);
    held.push(...mixed, q, k, v);
    // Only the end is read: copying all of it would be measured, too.
    subjects.set(`gla ${T}`, () => zoo.scope(() => slice(gla(...mixed)[0], { dim: 1, start: -1 })));
    subjects.set(`attention ${T}`, () =>
      zoo.scope(() => slice(attention(q, k, v, { causal: true }), { dim: 2, start: -1 })),
    );
  }
  return { subjects, free: () => held.forEach((x) => x.dispose()) };
}

/** GLA beside this library's own fused, causal softmax attention. */
export function crossoverClaim({
  lengths = [128, 256, 512, 1024, 2048, 4096],
  at = 1024,
  seconds = 15,
  measure = fastest,
}: CrossoverOptions = {}): Claim {
  return {
    id: 'faster-than-attention',
    source: 'Abstract; figure 2',
    statement: 'The chunked form is faster than softmax attention already at 1K tokens.',
    figure:
      'faster than FlashAttention-2 from 1K tokens on, without decay (H100, batch 32, 16 heads of 64); plotted, not printed',
    scaledDown: `Width 256, 4 heads, batch 1, with GLA's decays, one thread; opposite this library's fused attention, which skips what a causal mask hides; shortest times of alternating passes, without projections.`,
    budgetSeconds: seconds + 15,
    async run(context) {
      const zoo = await context.zoo({ threads: 1 });
      if (zoo.device.name === 'cpu') return REFERENCE_DEVICE;
      const { subjects, free } = lanes(zoo, lengths);
      const times = await measure(subjects, seconds, context).finally(free);
      const ratio = (T: number) => times.get(`attention ${T}`)! / times.get(`gla ${T}`)!;
      const first = lengths.find((T, i) => lengths.slice(i).every((later) => ratio(later) >= 1));
      const longest = lengths.at(-1)!;
      return {
        measured: {
          ...Object.fromEntries([...times].map(([name, ms]) => [`${name}: ms`, ms])),
          ...Object.fromEntries(lengths.map((T) => [`${T} tokens: attention over gla`, ratio(T)])),
        },
        holds: first !== undefined && first <= at,
        because:
          first === undefined
            ? `At ${longest} tokens attention still takes ${ratio(longest).toFixed(2)} of GLA's time.`
            : `Of the measured lengths GLA is faster from ${first} tokens on, by ${ratio(at).toFixed(2)}× at ${at} and ${ratio(longest).toFixed(1)}× at ${longest}.`,
      };
    },
  };
}
