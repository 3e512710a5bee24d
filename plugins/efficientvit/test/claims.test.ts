import { describe, expect, test } from '@jest/globals';
import { AbortError, createZoo, graphCost, type Claim, type ClaimContext, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { CascadedGroupAttention } from '../src/models/blocks/cascaded-group-attention';
import { attentionCostClaim } from '../src/claims/attention-cost';
import { count } from '../src/claims/count';
import { costTableClaim } from '../src/claims/cost-table';
import { speedClaim, speedComparisons } from '../src/claims/speed';
import { efficientvit as network, subjects } from '../src/claims/subjects';
import type { measureThroughput } from '../src/claims/throughput';
import efficientvit, { EfficientViT, efficientvitVariants, fuseEfficientViT } from '../src/index';
import { readFixtures } from './harness/node';

const fixtures = readFixtures();
interface Cost {
  readonly macs: number;
  readonly params: number;
  readonly fused_params: number;
}
const costs = fixtures.json<Record<string, Cost>>('cost.json');

async function open(device = wasm()): Promise<Zoo> {
  return createZoo({ device, plugins: [efficientvit], log: () => undefined });
}

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

describe('costs', () => {
  test.each(Object.values(subjects))('$name is counted to the last integer, and its card agrees', async (subject) => {
    await using zoo = await open(cpu());
    const expected = costs[`${subject.name}_${subject.size}`]!;
    expect(count(zoo, subject)).toEqual({ macs: expected.macs, params: expected.params });
    const card = zoo.listModels(`${subject.name}.*_in1k`)[0]!;
    expect([card.macs, card.params]).toEqual([expected.macs, expected.params]);
  });

  test.each([
    ['efficientvit_m0', 256],
    ['efficientvit_m5', 256],
  ] as const)('%s at %d pixels, where windows are padded', async (name, imgSize) => {
    await using zoo = await open(cpu());
    const { macs } = count(zoo, network(name, { ...efficientvitVariants[name], imgSize }));
    expect(macs).toBe(costs[`${name}_${imgSize}`]!.macs);
  });

  test.each(Object.keys(efficientvitVariants) as (keyof typeof efficientvitVariants)[])(
    '%s needs as many multiply-adds in its inference form, and fewer values',
    async (name) => {
      await using zoo = await open(cpu());
      const config = efficientvitVariants[name];
      const module = new EfficientViT(config).initialize();
      const fused = await fuseEfficientViT(zoo, module);
      const graph = zoo.trace((x) => fused.forward(x), [{ shape: [1, 3, 224, 224], dtype: 'f32' }]);
      expect(graphCost(graph).macs).toBe(costs[`${name}_224`]!.macs);
      const gathered = config.depth.reduce((sum, depth, i) => {
        const tokens = [7, 7, 4][i]! ** 2;
        return sum + depth * config.numHeads[i]! * tokens ** 2;
      }, 0);
      expect(fused.size - gathered).toBe(costs[`${name}_224`]!.fused_params);
    },
  );

  test('the table holds, and another network in its place makes it fail', async () => {
    await expect(judge(costTableClaim())).resolves.toMatchObject({ holds: true });
    const wider = network('efficientvit_m0', { ...efficientvitVariants.efficientvit_m0, keyDim: [16, 16, 32] });
    const paper = { macs: 79_193_600, params: 2_349_436 };
    const result = await judge(costTableClaim([[wider, paper, '79 M', '2.3 M']]));
    expect(result.holds).toBe(false);
    expect(result.because).toMatch(/multiply-adds, not 79193600/);
  });

  test('cascaded attention is h times cheaper, and attention over all channels is not', async () => {
    const result = await judge(attentionCostClaim());
    expect(result.holds).toBe(true);
    expect(Object.keys(result.measured)).toHaveLength(18);
    const halved = attentionCostClaim(
      ({ dim, keyDim, kernels }, resolution) =>
        new CascadedGroupAttention(dim, { keyDim, kernels, numHeads: 1, resolution }),
    );
    await expect(judge(halved)).resolves.toMatchObject({ holds: false });
  });
});

describe('speed', () => {
  const tiny = (name: string) =>
    network(name, { ...efficientvitVariants.efficientvit_m0, embedDim: [16, 24, 32], keyDim: [4, 4, 4], imgSize: 64 });
  const given =
    (fast: number, slow: number): typeof measureThroughput =>
    async (_zoo, [a, b], { batches }) =>
      new Map([
        [a!.name, new Map(batches.map((batch) => [batch, fast]))],
        [b!.name, new Map(batches.map((batch) => [batch, slow]))],
      ]);

  test.each(speedComparisons)('$id holds from its own figure on and not below', async (comparison) => {
    const at = (ratio: number) => judge(speedClaim(comparison, { measure: given(100 * ratio, 100) }));
    await expect(at(comparison.ratio + 0.001)).resolves.toMatchObject({ holds: true });
    const below = await at(comparison.ratio - 0.001);
    expect(below.holds).toBe(false);
    expect(below.because).toContain(comparison.explanation);
    expect(below.measured['ratio at batch 16']).toBeCloseTo(comparison.ratio - 0.001, 3);
  });

  test('really measures: every network, every batch size, and nothing stays behind', async () => {
    const [fast, slow] = [tiny('a'), tiny('b')];
    const claim = speedClaim({ ...speedComparisons[0]!, fast, slow }, { seconds: 0.01, batches: [1, 2] });
    const { measured } = await judge(claim);
    expect(Object.values(measured)).toHaveLength(6);
    expect(Object.values(measured).every((value) => value > 0)).toBe(true);
  });

  test('stops when it is told to, and gives everything back', async () => {
    const controller = new AbortController();
    const claim = speedClaim({ ...speedComparisons[0]!, fast: tiny('a'), slow: tiny('b') }, { seconds: 60 });
    await using zoo = await open();
    const running = claim.run({ zoo: async () => zoo, progress: () => controller.abort(), signal: controller.signal });
    await expect(running).rejects.toThrow(AbortError);
    expect(zoo.memory().tensors).toBe(0);
  });

  test('the reference device is not timed', async () => {
    await using zoo = await open(cpu());
    const result = await speedClaim(speedComparisons[0]!).run({ zoo: async () => zoo, progress: () => undefined });
    expect(result).toMatchObject({ measured: {}, holds: null });
  });
});

test('the plugin lists its claims; what cannot be shown here says what it would take', async () => {
  const { default: claims } = await efficientvit.claims!();
  expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
  const beyond = claims.filter((claim) => claim.scaledDown === 'Not at this size.');
  expect(beyond).toHaveLength(7);
  for (const claim of beyond) {
    const result = await claim.run({ zoo: () => open(), progress: () => undefined });
    expect(result).toMatchObject({ measured: {}, holds: null });
    expect(result.because).toMatch(/needs/);
  }
});
