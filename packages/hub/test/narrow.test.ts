import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { narrowToF16, parseSafetensors, writeSafetensors } from '../src/index';

const widen = (halves: Uint16Array): Float32Array =>
  parseSafetensors(writeSafetensors([['x', { shape: [halves.length], data: halves, dtype: 'F16' }]]))
    .get('x')!
    .toF32();
const half = (value: number) => narrowToF16(Float32Array.of(value))[0]!;

test('every half comes back from float32 as it was', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const isNaN16 = (h: number) => (h & 0x7c00) === 0x7c00 && (h & 0x3ff) !== 0;
  const back = narrowToF16(widen(all));
  const wrong = all.filter((h) => (isNaN16(h) ? !isNaN16(back[h]!) : back[h] !== h));
  expect([...wrong]).toEqual([]);
});

test('the nearest half is taken, the even one of two', () => {
  const finite = widen(Uint16Array.from({ length: 0x7c00 }, (_, i) => i));
  fc.assert(
    fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
      const h = half(value);
      const error = Math.abs(finite[h]! - value);
      for (const other of [h - 1, h + 1]) {
        const distance = Math.abs((finite[other] ?? Infinity) - value);
        expect(distance > error || (distance === error && h % 2 === 0)).toBe(true);
      }
      expect(half(-value)).toBe(h | 0x8000);
    }),
    { seed: 5, numRuns: 3000 },
  );
  const ties = narrowToF16(finite.subarray(0, -1).map((value, h) => (value + finite[h + 1]!) / 2));
  expect([...ties.filter((h, i) => h !== i + (i % 2))]).toEqual([]);
});

test('what is too large is infinite, what is too small zero', () => {
  expect([65519, 65520, 1e30, Infinity, 2 ** -25, 2 ** -26, 1e-45].map(half)).toEqual([
    0x7bff, 0x7c00, 0x7c00, 0x7c00, 0, 0, 0,
  ]);
});
