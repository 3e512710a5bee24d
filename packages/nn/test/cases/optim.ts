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
} from '../../src/index';
import { far, over, type NnCase } from './env';

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

const free = (sets: readonly Tensors[]) => {
  for (const set of sets) for (const tensor of Object.values(set)) tensor.dispose();
};

/** Six steps of an optimiser beside its rule. */
const follows =
  (name: string): NnCase =>
  async ({ zoo }) => {
    const { make, rule } = rules[name]!;
    const optimizer = make(0.1);
    const start = { matrix: [[1, -2, 0.5]], bias: [0.25] };
    const plain = Object.entries(start).flatMap(([key, values]) =>
      values.flat().map((value) => ({ value, memory: { a: 0, b: 0 }, decay: key === 'matrix' ? 0.1 : 0 })),
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
      free([params, grads, ...Object.values(state.slots)]);
      ({ params, state } = next);
      plain.forEach((p, i) => (p.value = rule(p.value, grad(i), p.memory, step + 1, p.decay)));
    }
    const got = [...(await params['matrix']!.data()), ...(await params['bias']!.data())];
    free([params, ...Object.values(state.slots)]);
    const values = plain.map(({ value }) => value);
    return [...far(name, got, values, 5e-6), ...far('step', [state.step], [6], 0)];
  };

const adaptive: NnCase = async ({ zoo, fixtures }) => {
  const upstream = fixtures.find('agc');
  const { clip_factor: factor, eps } = upstream.hparams;
  const pick = (prefix: string) =>
    Object.fromEntries(
      Object.entries(upstream.inputs)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { shape, data }]) => [key.slice(2), zoo.tensor(data, { shape })]),
    );
  const [params, grads] = [pick('p/'), pick('g/')];
  const clipped = zoo.scope(() => adaptiveClip(factor, eps)(grads, params));
  const wrong = far('gradients', [Object.keys(clipped).length], [6], 0);
  for (const [key, grad] of Object.entries(clipped)) {
    wrong.push(...over(`clipped/${key}`, upstream.ratio(`clipped/${key}`, await grad.data())));
  }
  free([params, grads, clipped]);
  return wrong;
};

const byNorm: NnCase = async ({ zoo }) => {
  const grads = { a: zoo.tensor([3, 0]), b: zoo.tensor([[4]]) };
  const [norm, short, long] = zoo.scope(
    () => [globalNorm(grads), clipByGlobalNorm(10)(grads, grads), clipByGlobalNorm(1)(grads, grads)] as const,
  );
  const wrong = [
    ...far('norm', await norm.data(), [5], 0),
    ...far('short a', await short['a']!.data(), [3, 0], 0),
    ...far('short b', await short['b']!.data(), [4], 0),
    ...far('long b', await long['b']!.data(), [0.8], 5e-7),
  ];
  free([{ norm }, grads, short, long]);
  return wrong;
};

const averaged: NnCase = async ({ zoo }) => {
  const average = new MovingAverage(0.75);
  for (const value of [4, 8, 0]) {
    using p = zoo.tensor([value]);
    average.update({ p });
  }
  const wrong = far('average', await average.values['p']!.data(), [0.75 * (0.75 * 4 + 2)], 0);
  average.dispose();
  return wrong;
};

/** Optimisers beside their textbook rules, clipping beside upstream's, averages. */
export const optimCases: Readonly<Record<string, NnCase>> = {
  ...Object.fromEntries(Object.keys(rules).map((name) => [`${name} follows its rule for six steps`, follows(name)])),
  'adaptive clipping equals upstream': adaptive,
  'clipping by the global norm scales long gradients and leaves short ones': byNorm,
  'a moving average owns its tensors': averaged,
};
