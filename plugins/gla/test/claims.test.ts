import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AbortError, createZoo, type Claim, type ClaimContext, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { parseSafetensors } from '@paperzoo/hub';
import { constantMemoryClaim } from '../src/claims/constant-memory';
import { constantTimeClaim } from '../src/claims/constant-time';
import { crossoverClaim } from '../src/claims/crossover';
import type { fastest } from '../src/claims/fastest';
import { gateAblationClaim } from '../src/claims/gate-ablation';
import { layerParametersClaim } from '../src/claims/layer-parameters';
import { lengthClaim } from '../src/claims/length-generalisation';
import { linearTimeClaim } from '../src/claims/linear-time';
import { numericalSafetyClaim } from '../src/claims/numerical-safety';
import { NOTHING, recallBatch, RECALL_VOCABULARY } from '../src/claims/reset-recall';
import { recallModel, trainRecall } from '../src/claims/train-recall';
import plugin, { glaConfig, GLAForCausalLM, type GateKind } from '../src/index';
import { readConfig } from '../src/load/read-config';
import { folderOf } from './harness/fixtures';

const open = (device = wasm()): Promise<Zoo> => createZoo({ device, plugins: [plugin], log: () => undefined });

async function judge(claim: Claim, options: Partial<ClaimContext> = {}) {
  const zoo = await open();
  try {
    const before = zoo.memory();
    const fractions: number[] = [];
    const progress = (fraction: number) => void fractions.push(fraction);
    const result = await claim.run({ zoo: async () => zoo, progress, ...options });
    expect(zoo.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    expect(fractions.every((f) => f >= 0 && f <= 1)).toBe(true);
    expect(Object.values(result.measured).every(Number.isFinite)).toBe(true);
    return result;
  } finally {
    await zoo.dispose();
  }
}

describe('layer-parameters', () => {
  test('holds, and wider keys make it fail', async () => {
    await expect(judge(layerParametersClaim())).resolves.toMatchObject({ holds: true });
    await expect(judge(layerParametersClaim({ expandK: 1 }))).resolves.toMatchObject({ holds: false });
  });
});

describe('numerical-safety', () => {
  test('holds, and the one-pivot kernel in place of ours makes it fail', async () => {
    const result = await judge(numericalSafetyClaim());
    expect(result).toMatchObject({ holds: true });
    expect(result.measured['gates_const_m2, one pivot: share of wrong values']).toBeGreaterThan(0.1);
    const textbook = await judge(numericalSafetyClaim({ ours: 'gla.gla/wasm-one-pivot' }));
    expect(textbook.holds).toBe(false);
    expect(textbook.because).toMatch(/gates_const_m2.*gates_reset_inf/);
  });

  test('where there is nothing to compare with, it says so', async () => {
    await using zoo = await open(cpu());
    const result = await numericalSafetyClaim().run({ zoo: async () => zoo, progress: () => undefined });
    expect(result.holds).toBe(null);
    expect(Object.values(result.measured).every((error) => error < 1e-6)).toBe(true);
  });
});

/** The sizes of a model that is made quickly. */
const few = { hiddenSize: 32, intermediateSize: 32 };

describe('constant memory and time', () => {
  test('the state and the counters stand still', async () => {
    const result = await judge(constantMemoryClaim({ config: few, contexts: [20, 1200], generated: 30 }));
    expect(result).toMatchObject({ holds: true });
    expect(result.measured['state after 20 tokens: bytes']).toBe(2 * 4 * 4 * 8 * 4);
  });

  test('a layer of softmax attention lets the state grow, and the claim fails', async () => {
    const config = { ...few, attn: [{ layers: [1], numHeads: 2 }] };
    const result = await judge(constantMemoryClaim({ config, contexts: [20, 40], generated: 5 }));
    expect(result.holds).toBe(false);
    expect(result.because).toBe('From 20 to 40 tokens the state grows by 5120 bytes.');
  });

  test('a token may take a tenth more, no longer', async () => {
    const at = (ratio: number) =>
      judge(constantTimeClaim({ config: few, contexts: [10, 30], measure: async () => new Map([['10', 2], ['30', 2 * ratio]]) })); // prettier-ignore
    await expect(at(1.09)).resolves.toMatchObject({ holds: true });
    await expect(at(1.11)).resolves.toMatchObject({ holds: false });
  });
});

describe('time over length', () => {
  const power =
    (exponent: number): typeof fastest =>
    async (subjects) =>
      new Map([...subjects.keys()].map((name) => [name, parseInt(name) ** exponent / 1000]));
  const lengths = [64, 128, 256];

  test('linear time holds, the quadratic time of softmax attention does not, nor one that hardly grows', async () => {
    const at = (exponent: number) => judge(linearTimeClaim({ lengths, measure: power(exponent) }));
    await expect(at(1.05)).resolves.toMatchObject({ holds: true });
    await expect(at(2)).resolves.toMatchObject({ holds: false });
    await expect(at(0.8)).resolves.toMatchObject({ holds: false });
  });

  const times =
    (crossover: number): typeof fastest =>
    async (subjects) =>
      new Map([...subjects.keys()].map((name) => {
        const [kind, T] = name.split(' ') as [string, string];
        return [name, kind === 'gla' ? Number(T) : Number(T) ** 2 / crossover];
      })); // prettier-ignore

  test('attention must be slower at the length that the paper names', async () => {
    const at = (crossover: number) =>
      judge(crossoverClaim({ lengths: [128, 256, 512], at: 256, measure: times(crossover) }));
    await expect(at(200)).resolves.toMatchObject({ holds: true });
    await expect(at(300)).resolves.toMatchObject({ holds: false });
    await expect(at(1000)).resolves.toMatchObject({ holds: false });
  });

  test('each really measures', async () => {
    const all = [linearTimeClaim({ lengths, seconds: 0.01 }), crossoverClaim({ lengths, at: 128, seconds: 0.01 })];
    all.push(constantTimeClaim({ config: few, contexts: [10, 30], seconds: 0.01 }));
    for (const claim of all) {
      const { measured } = await judge(claim);
      expect(Object.entries(measured).every(([name, value]) => name === 'slope' || value > 0)).toBe(true);
    }
  });

  test('each stops when it is told to, and the reference device is not timed', async () => {
    const controller = new AbortController();
    await using zoo = await open();
    const context = { zoo: async () => zoo, progress: () => controller.abort(), signal: controller.signal };
    await expect(linearTimeClaim({ lengths, seconds: 60 }).run(context)).rejects.toThrow(AbortError);
    await expect(crossoverClaim({ lengths, seconds: 60 }).run(context)).rejects.toThrow(AbortError);
    await expect(constantTimeClaim({ config: few, contexts: [10, 30], seconds: 60 }).run(context)).rejects.toThrow(
      AbortError,
    );
    await expect(constantMemoryClaim({ config: few, contexts: [10, 30] }).run(context)).rejects.toThrow(AbortError);
    expect(zoo.memory().tensors).toBe(0);
    await using reference = await open(cpu());
    const slow = { zoo: async () => reference, progress: () => undefined };
    for (const claim of [linearTimeClaim(), crossoverClaim(), constantTimeClaim()]) {
      await expect(claim.run(slow)).resolves.toMatchObject({ measured: {}, holds: null });
    }
  });
});

describe('reset-recall', () => {
  test('sequences say what the task says', () => {
    const { ids, targets } = recallBatch(4, 300, 5, 2);
    expect(recallBatch(4, 300, 5, 2).ids).toEqual(ids);
    expect(recallBatch(4, 300, 5, 3).ids).not.toEqual(ids);
    let asked = 0;
    for (let row = 0; row < 4; row++) {
      const known = new Map<number, number>();
      for (let t = 0; t < 300; t++) {
        const [token, target] = [ids[row * 300 + t]!, targets[row * 300 + t]!];
        // Global facts come first, then a document begins.
        if (t < 4) expect(token).toBeGreaterThanOrEqual(12 * 8);
        if (t === 4) expect(token).toBe(RECALL_VOCABULARY - 1);
        if (token < 128) known.set(token >> 3, token & 7);
        else if (token === 144) for (let key = 0; key < 12; key++) known.delete(key);
        else {
          asked++;
          expect(target).toBe(known.get(token - 128));
          continue;
        }
        expect(target).toBe(NOTHING);
      }
    }
    expect(asked).toBeGreaterThan(4 * 100);
  });

  test('the model has the size that the task was made for', () => {
    const size = (gate: GateKind) =>
      [...recallModel(gate).namedParameters().values()].reduce((sum, parameter) => sum + parameter.size, 0);
    expect(size('vector')).toBe(61_344);
    expect(size('vector') - size('scalar')).toBe(31 * 17);
    expect([size('constant'), size('none')]).toEqual([size('vector') - 1568, size('vector') - 1568]);
  });

  /** Upstream's trained model; with another gate it keeps all other weights. */
  const trained: typeof trainRecall = async (_zoo, { gate }) => {
    const folder = folderOf('trained-recall');
    const { config } = readConfig(readFileSync(join(folder, 'config.json'), 'utf8'));
    const checkpoint = parseSafetensors(readFileSync(join(folder, 'model.safetensors')));
    const model = new GLAForCausalLM(glaConfig({ ...config, gate }));
    model.loadStateDict(new Map([...checkpoint].filter(([key]) => gate === 'vector' || !key.includes('.gk_proj.'))));
    return model;
  };
  const small = { length: 128, long: 256, sequences: 4, train: trained };

  test('a trained model shows the ablation; without its gate, or without training, it fails', async () => {
    await expect(judge(gateAblationClaim(small))).resolves.toMatchObject({ holds: true });
    const swapped = await judge(gateAblationClaim({ ...small, gates: ['constant', 'vector'] }));
    expect(swapped.holds).toBe(false);
    const same: typeof trainRecall = (zoo, options, context) => trained(zoo, { ...options, gate: 'vector' }, context);
    await expect(judge(gateAblationClaim({ ...small, train: same }))).resolves.toMatchObject({ holds: false });
    const quick = { steps: 2, batch: 2, length: 32, long: 64, sequences: 2 };
    await expect(judge(gateAblationClaim(quick))).resolves.toMatchObject({ holds: false });
  });

  test('a trained model works beyond its length; without its gate, or without training, it does not', async () => {
    const options = { seeds: [1], length: 128, multiples: [1, 2], sequences: 4, train: trained };
    await expect(judge(lengthClaim(options))).resolves.toMatchObject({ holds: true });
    await expect(judge(lengthClaim({ ...options, gate: 'constant' }))).resolves.toMatchObject({ holds: false });
    const quick = { steps: 2, batch: 2, length: 32, sequences: 2 };
    await expect(judge(lengthClaim(quick))).resolves.toMatchObject({ holds: false });
    // One bad model among three does not decide, two do.
    const mostly =
      (bad: number): typeof trainRecall =>
      (zoo, { seed, ...rest }, context) =>
        trained(zoo, { ...rest, seed, gate: seed <= bad ? 'constant' : 'vector' }, context);
    const at = (bad: number) => judge(lengthClaim({ ...options, seeds: [1, 2, 3], train: mostly(bad) }));
    await expect(at(1)).resolves.toMatchObject({ holds: true });
    await expect(at(2)).resolves.toMatchObject({ holds: false });
  });

  test.each(['vector', 'scalar', 'constant', 'none'] as const)('a %s gate learns', async (gate) => {
    await using zoo = await open();
    const losses: number[] = [];
    const progress = (_: number, note?: string) => void losses.push(Number(/loss ([\d.]+)/.exec(note!)![1]));
    const model = await trainRecall(zoo, { gate, seed: 0, steps: 12, batch: 4, length: 64 }, { progress });
    model.dispose();
    expect(losses).toHaveLength(12);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.5);
    expect(zoo.memory().tensors).toBe(0);
  });

  test('training stops when it is told to, and gives everything back', async () => {
    const controller = new AbortController();
    await using zoo = await open();
    const context = { zoo: async () => zoo, progress: () => controller.abort(), signal: controller.signal };
    await expect(gateAblationClaim({ batch: 2, length: 32 }).run(context)).rejects.toThrow(AbortError);
    expect(zoo.memory().tensors).toBe(0);
  });
});

test('the plugin lists its claims; what cannot be shown here says what it would take', async () => {
  const { default: claims } = await plugin.claims!();
  expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
  const beyond = claims.filter((claim) => claim.scaledDown === 'Not at this size.');
  expect(beyond).toHaveLength(3);
  for (const claim of beyond) {
    const result = await claim.run({ zoo: () => open(), progress: () => undefined });
    expect(result).toMatchObject({ measured: {}, holds: null });
    expect(result.because).toMatch(/needs/);
  }
});
