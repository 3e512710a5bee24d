import { throwIfAborted, type Claim, type ClaimContext, type Zoo } from '@paperzoo/core';
import { GLALanguageModel } from '../load/language-model';
import { glaConfig, type GLAConfig } from '../models/gla-config';
import { GLAForCausalLM } from '../models/gla-for-causal-lm';
import type { GLAState } from '../models/gla-state';

export interface MemoryOptions {
  /** What differs from gla_tiny's sizes. */
  readonly config?: Partial<GLAConfig>;
  /** Tokens seen where memory is compared; default 100 and 10,000. */
  readonly contexts?: readonly [number, number];
  /** Tokens generated one by one, after which the counters must stand where they stood; default 1000. */
  readonly generated?: number;
}

/** Tokens read at once. */
const PIECE = 1000;

/** A model of gla_tiny's sizes with fresh weights: what it says does not matter here. */
export function freshModel(zoo: Zoo, config: Partial<GLAConfig> = {}): GLALanguageModel {
  const sizes = { vocabSize: 256, hiddenSize: 256, numHiddenLayers: 2, numHeads: 4, intermediateSize: 768 };
  const module = new GLAForCausalLM(
    glaConfig({ ...sizes, bosTokenId: null, eosTokenId: null, ...config }),
  ).initialize();
  const tokenizer = () => Promise.reject(new Error('Bytes need no tokenizer.'));
  return new GLALanguageModel({ name: 'fresh', zoo, module, tokenizer });
}

/** The state after so many tokens. */
export async function stateAfter(
  model: GLALanguageModel,
  tokens: number,
  { signal }: Pick<ClaimContext, 'signal'>,
): Promise<GLAState> {
  let state: GLAState | undefined;
  for (let read = 0; read < tokens; read += PIECE) {
    throwIfAborted(signal, 'Reading');
    const ids = Array.from({ length: Math.min(PIECE, tokens - read) }, (_, i) => (7 * (read + i)) % 251);
    const next = model.prefill(ids, { state });
    next.logits.dispose();
    state = next.state;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return state!;
}

/** The exact counters of the zoo and of the state. */
export function constantMemoryClaim({
  config = {},
  contexts: [short, long] = [100, 10_000],
  generated = 1000,
}: MemoryOptions = {}): Claim {
  return {
    id: 'constant-memory',
    source: 'Section 2, recurrent form',
    statement: 'What generation must remember does not grow with the text.',
    figure: 'one K × V matrix per head, whatever the length',
    scaledDown: `The sizes of gla_tiny with fresh weights; states after ${short} and ${long} tokens, and the zoo's counters over ${generated} generated tokens, compared to the last byte.`,
    budgetSeconds: 30,
    async run(context) {
      const zoo = await context.zoo({ threads: 1 });
      const model = freshModel(zoo, config);
      try {
        const small = await stateAfter(model, short, context);
        const large = await stateAfter(model, long, context);
        const sizes = [small.bytes, large.bytes] as const;
        const before = zoo.memory();
        for (let i = 0; i < generated; i++) {
          throwIfAborted(context.signal, 'Generating');
          const logits = model.step([i % 251], large);
          await logits.data();
          logits.dispose();
          if (i % 50 === 0) context.progress(i / generated, `${i} tokens`);
        }
        const after = zoo.memory();
        for (const state of [small, large]) state.dispose();
        const more = { bytes: after.bytes - before.bytes, tensors: after.tensors - before.tensors };
        const same = sizes[0] === sizes[1];
        const flat = more.bytes === 0 && more.tensors === 0;
        return {
          measured: {
            [`state after ${short} tokens: bytes`]: sizes[0],
            [`state after ${long} tokens: bytes`]: sizes[1],
            [`bytes more after ${generated} generated tokens`]: more.bytes,
            [`tensors more after ${generated} generated tokens`]: more.tensors,
          },
          holds: same && flat,
          because: same
            ? `A state has ${sizes[0]} bytes whatever it has seen; ${flat ? 'the counters stand where they stood' : 'but the counters moved'}.`
            : `From ${short} to ${long} tokens the state grows by ${sizes[1] - sizes[0]} bytes.`,
        };
      } finally {
        model.dispose();
      }
    },
  };
}
