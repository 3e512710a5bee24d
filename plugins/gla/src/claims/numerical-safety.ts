import { definePlugin, throwIfAborted, type Claim, type Zoo } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { gateCases, recurrence, type GateCase } from './gate-cases';

/** Largest error relative to the largest element; a chunked kernel that loses digits is far above. */
const TOLERANCE = 1e-5;
/** The case that the textbook form cannot survive. */
const TEETH = 'gates_const_m2';
const TEXTBOOK = 'gla.gla/wasm-one-pivot';

interface Misfit {
  /** Largest finite error of outputs and state over the largest value. */
  readonly error: number;
  /** Share of values beyond the tolerance, those that are no number included. */
  readonly wrong: number;
}

async function compare(zoo: Zoo, { T, H, K, V, ...data }: GateCase): Promise<Misfit> {
  const wanted = recurrence({ T, H, K, V, ...data });
  const [o, state] = zoo.scope(() => {
    const rows = (values: Float32Array, width: number) => zoo.tensor(values, { shape: [1, T, H, width] });
    const initial = zoo.tensor(data.initial, { shape: [1, H, K, V] });
    return gla(rows(data.q, K), rows(data.k, K), rows(data.v, V), rows(data.g, K), undefined, initial);
  });
  let [error, wrong] = [0, 0];
  const pairs = [[o, wanted.o], [state, wanted.state]] as const; // prettier-ignore
  for (const [got, truth] of pairs) {
    const values = await got.data();
    const largest = truth.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    truth.forEach((x, i) => {
      const distance = Math.abs(values[i]! - x) / largest;
      if (Number.isFinite(distance)) error = Math.max(error, distance);
      if (!(distance <= TOLERANCE)) wrong++;
    });
    got.dispose();
  }
  return { error, wrong: wrong / (wanted.o.length + wanted.state.length) };
}

/** The textbook form as a kernel beside the plugin's own, and nothing else of it. */
const textbook = definePlugin({
  ...{ name: '@paperzoo/gla-one-pivot', api: 1, license: 'MIT' },
  paper: { title: 'One pivot per chunk', authors: 'textbook', year: 2024 },
  kernels: { wasm: () => import('../kernels/one-pivot') },
});

/** Chunks survive any gate. `ours` is the wasm kernel that must compute them. */
export function numericalSafetyClaim({ ours = 'gla.gla/wasm-simd' }: { readonly ours?: string } = {}): Claim {
  return {
    id: 'numerical-safety',
    source: 'Section 4.2, secondary-level chunking',
    statement: 'The chunked form is numerically safe although it needs ratios of cumulative decays.',
    figure: 'no figure; without a second level, exp of a chunk’s summed decay overflows',
    scaledDown: `Nothing: ${gateCases().length} kinds of gates up to -infinity, 130 tokens, against the recurrence in float64; errors relative to the largest element may reach ${TOLERANCE}. The one-pivot form must fail ${TEETH}, or the test would have no teeth.`,
    budgetSeconds: 5,
    async run({ zoo: start, progress, signal }) {
      const zoo = await start({ threads: 1 });
      const comparable = zoo.device.name === 'wasm';
      await zoo.use(textbook);
      const measured: Record<string, number> = {};
      const failed: string[] = [];
      let textbookFails = false;
      let worst = 0;
      const cases = gateCases();
      try {
        for (const [i, entry] of cases.entries()) {
          throwIfAborted(signal, 'Comparing kernels');
          progress(i / cases.length, entry.name);
          if (comparable) zoo.pin({ 'gla.gla': ours });
          const { error, wrong } = await compare(zoo, entry);
          measured[`${entry.name}: error`] = error;
          worst = Math.max(worst, error);
          if (wrong > 0) failed.push(entry.name);
          if (!comparable || entry.name !== TEETH) continue;
          zoo.pin({ 'gla.gla': TEXTBOOK });
          const lost = (await compare(zoo, entry)).wrong;
          measured[`${entry.name}, one pivot: share of wrong values`] = lost;
          textbookFails = lost > 0;
        }
      } finally {
        zoo.pin(null);
      }
      if (failed.length > 0) {
        return { measured, holds: false, because: `The kernel fails ${failed.join(', ')}.` };
      }
      if (!comparable) {
        const because = `All kinds of gates pass on ${zoo.device.name}, but it has no one-pivot kernel that could show what they are safe from.`;
        return { measured, holds: null, because };
      }
      return {
        measured,
        holds: textbookFails,
        because: textbookFails
          ? `All ${cases.length} kinds of gates are computed to ${worst.toExponential(1)}; with one pivot per chunk ${TEETH} overflows.`
          : `All kinds of gates pass, but so does the one-pivot form on ${TEETH}: the test shows nothing.`,
      };
    },
  };
}
