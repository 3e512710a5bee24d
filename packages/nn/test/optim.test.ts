import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createZoo, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import {
  adam,
  adamw,
  adaptiveClip,
  clipByGlobalNorm,
  globalNorm,
  MovingAverage,
  sgd,
  type Optimizer,
  type Tensors,
} from '../src/index';
import { Upstream } from './upstream';

/** The textbook form of each rule on one number, in float64. */
type Rule = (p: number, g: number, memory: { a: number; b: number }, t: number, decay: number) => number;
const LR = 0.1;
const rules: Record<string, { make: (decay: number) => Optimizer; rule: Rule }> = {
  sgd: { make: (weightDecay) => sgd({ weightDecay }), rule: (p, g, _m, _t, wd) => p - LR * (g + wd * p) },
  momentum: {
    make: (weightDecay) => sgd({ momentum: 0.9, weightDecay }),
    rule: (p, g, m, _t, wd) => p - LR * (m.a = 0.9 * m.a + g + wd * p),
  },
  nesterov: {
    make: (weightDecay) => sgd({ momentum: 0.9, nesterov: true, weightDecay }),
    rule(p, g, m, _t, wd) {
      const slope = g + wd * p;
      m.a = 0.9 * m.a + slope;
      return p - LR * (slope + 0.9 * m.a);
    },
  },
  adam: { make: (weightDecay) => adam({ weightDecay }), rule: (p, g, m, t, wd) => p - adamMove(g + wd * p, m, t) },
  'adamw': { make: (weightDecay) => adamw({ weightDecay }), rule: (p, g, m, t, wd) => p * (1 - LR * wd) - adamMove(g, m, t) }, // prettier-ignore
};
function adamMove(g: number, m: { a: number; b: number }, t: number): number {
  m.a = 0.9 * m.a + 0.1 * g;
  m.b = 0.999 * m.b + 0.001 * g * g;
  return (LR * (m.a / (1 - 0.9 ** t))) / (Math.sqrt(m.b / (1 - 0.999 ** t)) + 1e-8);
}

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo({ device: device === 'cpu' ? cpu() : wasm(), log: () => undefined });
  });
  afterAll(() => zoo.dispose());

  test.each(Object.keys(rules))('%s follows its rule for six steps', async (name) => {
    const { make, rule } = rules[name]!;
    const optimizer = make(0.1);
    const start = { matrix: [[1, -2, 0.5]], bias: [0.25] };
    const plain = Object.entries(start).flatMap(([key, values]) =>
      values.flat().map((value) => ({ key, value, memory: { a: 0, b: 0 }, decay: key === 'matrix' ? 0.1 : 0 })),
    );
    let params: Tensors = Object.fromEntries(Object.entries(start).map(([key, v]) => [key, zoo.tensor(v)]));
    let state = optimizer.init(params);
    for (let step = 0; step < 6; step++) {
      const grad = (i: number) => Math.sin(3 * step + 2 * i + 1);
      const grads = {
        matrix: zoo.tensor([[grad(0), grad(1), grad(2)]]),
        bias: zoo.tensor([grad(3)]),
      };
      const next = zoo.scope(() => optimizer.update({ params, grads, state, lr: LR }));
      const spent = [params, grads, ...Object.values(state.slots)].flatMap((set) => Object.values(set));
      for (const t of spent) t.dispose();
      ({ params, state } = next);
      plain.forEach((p, i) => (p.value = rule(p.value, grad(i), p.memory, step + 1, p.decay)));
    }
    expect(state.step).toBe(6);
    const got = [...(await params['matrix']!.data()), ...(await params['bias']!.data())];
    got.forEach((value, i) => expect(value).toBeCloseTo(plain[i]!.value, 5));
    const rest = [params, ...Object.values(state.slots)].flatMap((set) => Object.values(set));
    for (const t of rest) t.dispose();
    expect(zoo.memory().buffers).toBe(0);
  });

  test('groups choose what decays and how fast each parameter learns', async () => {
    const optimizer = sgd({
      weightDecay: 1,
      decays: (name) => name === 'bias',
      lrScale: (name) => (name === 'frozen' ? 0 : 1),
    });
    const params = { bias: zoo.tensor([2]), frozen: zoo.tensor([[2]]) };
    const grads = { bias: zoo.tensor([0]), frozen: zoo.tensor([[1]]) };
    const { params: next } = optimizer.update({ params, grads, state: optimizer.init(params), lr: 0.5 });
    expect([await next['bias']!.item(), await next['frozen']!.item()]).toEqual([1, 2]);
    const { bias } = grads;
    const update = (lr: number) => optimizer.update({ params, grads: { bias }, state: optimizer.init(params), lr });
    expect(() => update(1)).toThrow(/"frozen" has no gradient/);
    expect(() => update(NaN)).toThrow(/learning rate/);
    for (const t of [params, grads, next].flatMap((set) => Object.values(set))) t.dispose();
  });

  test('adaptive clipping equals upstream', async () => {
    const upstream = new Upstream('agc');
    const { clip_factor: factor, eps } = upstream.hparams;
    const pick = (prefix: string) =>
      Object.fromEntries(
        Object.entries(upstream.inputs)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, { shape, data }]) => [key.slice(2), zoo.tensor(data, { shape })]),
      );
    const [params, grads] = [pick('p/'), pick('g/')];
    const clipped = zoo.scope(() => adaptiveClip(factor, eps)(grads, params));
    expect(Object.keys(clipped)).toHaveLength(6);
    for (const [key, grad] of Object.entries(clipped)) {
      expect(upstream.ratio(`clipped/${key}`, await grad.data())).toBeLessThanOrEqual(1);
    }
    for (const t of [params, grads, clipped].flatMap((set) => Object.values(set))) t.dispose();
  });

  test('clipping by the global norm scales long gradients and leaves short ones', async () => {
    const grads = { a: zoo.tensor([3, 0]), b: zoo.tensor([[4]]) };
    const [norm, short, long] = zoo.scope(() => [
      globalNorm(grads),
      clipByGlobalNorm(10)(grads, grads),
      clipByGlobalNorm(1)(grads, grads),
    ]);
    expect(await norm!.item()).toBe(5);
    expect([...(await short!.a!.data()), ...(await short!.b!.data())]).toEqual([3, 0, 4]);
    expect(await long!.b!.item()).toBeCloseTo(0.8, 6);
    for (const t of [norm!, ...[grads, short!, long!].flatMap((set) => Object.values(set))]) t.dispose();
  });

  test('a moving average owns its tensors', async () => {
    const before = zoo.memory().buffers;
    const average = new MovingAverage(0.75);
    for (const value of [4, 8, 0]) {
      using p = zoo.tensor([value]);
      average.update({ p });
    }
    expect(await average.values['p']!.item()).toBe(0.75 * (0.75 * 4 + 2));
    average.dispose();
    expect(zoo.memory().buffers).toBe(before);
    expect(() => new MovingAverage(1)).toThrow(/decay/);
  });
});
