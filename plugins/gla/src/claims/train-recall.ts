import { crossEntropy, type ClaimContext, type Zoo } from '@paperzoo/core';
import { adamw, clipByGlobalNorm, cosineRate, train, warmUp, type BatchSource } from '@paperzoo/nn';
import { glaConfig } from '../models/gla-config';
import { GLAForCausalLM } from '../models/gla-for-causal-lm';
import type { GateKind } from '../ops/gla-shapes';
import { recallBatch, RECALL_VOCABULARY, type RecallBatch } from './reset-recall';

/** How a model is trained on reset-recall. */
export interface RecallTraining {
  readonly gate: GateKind;
  readonly seed: number;
  readonly steps: number;
  /** Sequences per step. */
  readonly batch: number;
  /** Tokens per sequence. */
  readonly length: number;
}

const PEAK = 3e-3;
const WARM_UP = 40;

/** One layer, one head: the smallest model in which the gate alone decides. */
export const recallModel = (gate: GateKind): GLAForCausalLM =>
  new GLAForCausalLM(
    glaConfig({
      ...{ vocabSize: RECALL_VOCABULARY, hiddenSize: 64, numHiddenLayers: 1, numHeads: 1, intermediateSize: 128, gate },
      ...{ bosTokenId: null, eosTokenId: null },
    }),
  );

/** A trained model; the caller disposes it. AdamW, cosine after a warm-up, gradients clipped to norm 1. */
export async function trainRecall(
  zoo: Zoo,
  { gate, seed, steps, batch, length }: RecallTraining,
  { progress, signal }: Pick<ClaimContext, 'progress' | 'signal'>,
): Promise<GLAForCausalLM> {
  const model = recallModel(gate).initialize({ seed });
  const data: BatchSource<RecallBatch> = {
    at: (step) => recallBatch(batch, length, seed, step),
    fingerprint: `reset-recall ${seed} ${batch} ${length}`,
  };
  const warm = Math.min(WARM_UP, Math.floor(steps / 4));
  const run = train({
    ...{ zoo, model, data, steps },
    loss: ({ ids, targets }) => {
      const { logits } = model(zoo.tensor(ids, { shape: [batch, length] }));
      return crossEntropy(logits.reshape([batch * length, RECALL_VOCABULARY]), zoo.tensor(targets));
    },
    optimizer: adamw({ betas: [0.9, 0.95], weightDecay: 0.01 }),
    schedule: warmUp(cosineRate({ peak: PEAK, floor: PEAK / 10, steps: steps - warm }), {
      steps: warm,
      from: PEAK / warm,
    }),
    clip: clipByGlobalNorm(1),
    ...(signal && { signal }),
  });
  try {
    for await (const event of run) {
      if (event.kind === 'step')
        progress(event.step / steps, `${gate} gate, step ${event.step}, loss ${event.loss.toFixed(3)}`);
    }
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}
