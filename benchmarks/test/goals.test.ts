import { describe, expect, test } from '@jest/globals';
import { goalsOf } from '../src/goals';
import { goals as definitions } from '../src/report/definitions';
import type { Entry, Row } from '../src/results';

const entry = (id: string, more: Partial<Entry>): Entry => ({ id, label: id, threads: 1, ...more });
const timed = (id: string, ...entries: Entry[]): Row => ({
  ...{ kind: 'timed', id, group: 'gemm', title: id, threads: 1, entries },
});
const goal = (id: string, ...rows: Row[]) => goalsOf(rows).find((g) => g.id === id)!;

describe('goals', () => {
  test('without rows nothing is measured, and every goal is defined in words', () => {
    const all = goalsOf([]);
    expect(all.length).toBeGreaterThan(10);
    for (const { id, verdict, value } of all) {
      expect({ id, verdict, value }).toEqual({ id, verdict: 'not measured', value: undefined });
      expect(definitions[id]).toMatch(/\w/);
    }
  });

  test.each([
    [0.95, 'aim'],
    [0.8, 'must'],
    [0.7, 'missed'],
  ])('a share of %d of the peak: %s', (share, verdict) => {
    const row = timed('gemm-960x960x960', entry('paperzoo', { share }));
    expect(goal('gemm-share', row)).toMatchObject({ value: share * 100, verdict });
  });

  test('the best peer counts, and only those that compete', () => {
    const row = timed(
      'gemm-960x960x960',
      entry('paperzoo', { ratio: 1 }),
      entry('onnxruntime-web', { ratio: 2 }),
      entry('tfjs-wasm', { ratio: 1.5, share: 0.8 }),
      entry('jax-js', { unavailable: 'away' }),
      entry('onnxruntime-node', { ratio: 0.3 }),
    );
    expect(goal('gemm-peers', row)).toMatchObject({
      ...{ value: 1.5, verdict: 'must' },
      note: 'tfjs-wasm reaches 80 % of the peak on this machine: whoever reached all of it would be 1.25× as fast.',
    });
  });

  test('small is good where the limit is an upper one', () => {
    const size = (value: number): Row => ({
      ...{ kind: 'figure', id: 'size-core', group: 'size', title: '', unit: 'kB', value },
    });
    expect([20, 30, 50].map((kB) => goal('size-core', size(kB)).verdict)).toEqual(['aim', 'must', 'missed']);
  });

  test('what is only printed has no must to miss', () => {
    const row = timed('efficientvit-m0-b1', entry('onnxruntime-node', { ratio: 0.3 }));
    expect(goal('m0-ort-node', row)).toMatchObject({ value: 0.3, verdict: 'printed' });
  });
});
