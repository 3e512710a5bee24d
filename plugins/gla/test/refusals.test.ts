import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AttrError, ShapeError, type Zoo, type ZooError } from '@paperzoo/core';
import { gla } from '../src/index';
import { openZoo } from './harness/op-zoo';

interface Call {
  q?: number[];
  k?: number[];
  v?: number[];
  g?: number[];
  gv?: number[];
  state?: number[];
  bonus?: number[];
  attrs?: { exclusive?: boolean; cuSeqlens?: number[] };
}

const cases: [what: string, call: Call, error: typeof ZooError, argument: string][] = [
  ['q of rank 3', { q: [2, 3, 4] }, ShapeError, 'q'],
  ['k of another width', { k: [2, 3, 2, 5] }, ShapeError, 'k'],
  ['v of other tokens', { v: [2, 4, 2, 5] }, ShapeError, 'v'],
  ['v of rank 3', { v: [2, 3, 2] }, ShapeError, 'v'],
  ['no key channels', { q: [2, 3, 2, 0], k: [2, 3, 2, 0] }, ShapeError, 'k'],
  ['no value channels', { v: [2, 3, 2, 0] }, ShapeError, 'v'],
  ['a gate of rank 2', { g: [3, 2] }, ShapeError, 'g'],
  ['a gate of other tokens', { g: [2, 4, 2, 4] }, ShapeError, 'g'],
  ['a gate of other heads', { g: [3] }, ShapeError, 'g'],
  ['value gates like k', { gv: [2, 3, 2, 4] }, ShapeError, 'gv'],
  ['a state with values first', { state: [2, 2, 5, 4] }, ShapeError, 'initialState'],
  ['a state for one sequence', { state: [1, 2, 4, 5] }, ShapeError, 'initialState'],
  ['packing of a batch', { attrs: { cuSeqlens: [0, 3] } }, AttrError, 'cuSeqlens'],
  ['exclusive without a bonus', { attrs: { exclusive: true } }, AttrError, 'bonus'],
  ['a bonus without exclusive', { bonus: [2, 4] }, AttrError, 'exclusive'],
  ['a bonus per channel only', { bonus: [4], attrs: { exclusive: true } }, ShapeError, 'bonus'],
  ...[[1, 6], [0, 4, 2, 6], [0, 5], [0], []].map((cuSeqlens): [string, Call, typeof ZooError, string] => [
    `offsets [${cuSeqlens.join(', ')}]`,
    { q: [1, 6, 2, 4], k: [1, 6, 2, 4], v: [1, 6, 2, 5], attrs: { cuSeqlens } },
    AttrError,
    'cuSeqlens',
  ]),
  [
    'a state per row when packed',
    { q: [1, 6, 2, 4], k: [1, 6, 2, 4], v: [1, 6, 2, 5], state: [1, 2, 4, 5], attrs: { cuSeqlens: [0, 2, 6] } },
    ShapeError,
    'initialState',
  ],
];

describe('gla refuses', () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await openZoo('cpu');
  });
  afterAll(() => zoo.dispose());

  test.each(cases)('%s', (_what, call, error, argument) => {
    zoo.scope(() => {
      const make = (shape?: number[]) => shape && zoo.zeros(shape);
      const [q, k] = [make(call.q ?? [2, 3, 2, 4])!, make(call.k ?? [2, 3, 2, 4])!];
      const v = make(call.v ?? [2, 3, 2, 5])!;
      const run = () => gla(q, k, v, make(call.g), make(call.gv), make(call.state), make(call.bonus), call.attrs ?? {});
      expect(run).toThrow(error);
      expect(run).toThrow(expect.objectContaining({ details: expect.objectContaining({ argument }) }));
    });
  });

  test.each([0.01, NaN, Infinity])('a gate of %d, on the reference device', (gate) => {
    zoo.scope(() => {
      const x = zoo.ones([1, 3, 1, 1]);
      const g = zoo.tensor([-1, gate, 0], { shape: [1, 3, 1, 1] });
      expect(() => gla(x, x, x, g)).toThrow(AttrError);
      expect(() => gla(x, x, x, null, g)).toThrow(/gv holds log decays/);
    });
  });

  test('nothing when there are no tokens: the state comes back', async () => {
    const q = zoo.zeros([1, 0, 1, 2]);
    const state = zoo.tensor([1, 2, 3, 4], { shape: [1, 1, 2, 2] });
    const [o, final] = gla(q, q, q, q, null, state);
    expect(o.shape).toEqual([1, 0, 1, 2]);
    expect([...(await final.data())]).toEqual([1, 2, 3, 4]);
  });
});
