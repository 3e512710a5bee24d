import fc from 'fast-check';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as core from '../src/index';
import { ZooError, type DType, type Op, type Tensor, type Zoo } from '../src/index';
import { fakeZoo } from './fake-device';

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const ops = (Object.values(core) as unknown[]).filter(isOp);
const call = (op: Op, args: readonly unknown[]) => (op as unknown as (...args: unknown[]) => unknown)(...args);

/** Sizes that people get wrong: empty, one, prime, near the limits of integers. */
const size = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER) },
);
const shape = fc.array(size, { maxLength: 5 });
const dtype = fc.constantFrom<DType>('f32', 'f32', 'f32', 'i32', 'u32', 'u8', 'bool');
const spec = fc.record({ shape, dtype });
const int = fc.oneof(
  fc.integer({ min: -5, max: 9 }),
  fc.constantFrom(NaN, Infinity, -0, 0.5, 2 ** 31, -(2 ** 53) + 1, Number.MAX_SAFE_INTEGER),
);
const junk = fc.oneof(
  int,
  fc.array(int, { maxLength: 6 }),
  fc.boolean(),
  fc.constantFrom<unknown>(null, undefined, 'none', 'relu', 'bilinear', 'reflect', 'i32', 'bool', '', {}, [[1]], 1n),
  fc.anything(),
);

let zoo: Zoo;
beforeAll(async () => ({ zoo } = await fakeZoo()));

/** Runs `fn`; true when it returned or threw one of the zoo's own errors, and otherwise throws what it threw. */
function typed(fn: () => unknown): boolean {
  try {
    fn();
  } catch (error) {
    if (!(error instanceof ZooError)) throw error;
    expect(error.code).not.toBe('zoo');
    expect(error.message.length).toBeLessThan(2000);
  }
  return true;
}

describe('whatever it is given', () => {
  test.each(ops.map((op) => [op.name, op] as const))('%s gives a result or a typed error', (_, op) => {
    const attrs = fc.record(Object.fromEntries(Object.keys(op.attrs).map((name) => [name, junk])), {
      requiredKeys: [],
    });
    const ins = fc.array(fc.option(spec), { maxLength: op.inputs.length + 1 });
    const property = fc.property(ins, attrs, fc.boolean(), (inputs, given, list) => {
      // Traced tensors stand for shapes of any size, without the memory.
      typed(() =>
        zoo.trace(
          (...tensors) => {
            let next = 0;
            const args = inputs.map((s) => (s ? tensors[next++]! : s));
            return call(op, [...(list ? [args] : args), given]) as Tensor;
          },
          inputs.filter((s) => s !== null),
        ),
      );
      expect(zoo.tracer).toBeUndefined();
    });
    fc.assert(property, { seed: 42, numRuns: 150 });
  });

  test('an op called with junk', () => {
    const property = fc.property(fc.constantFrom(...ops), fc.array(junk, { maxLength: 4 }), (op, args) =>
      typed(() => call(op, args)),
    );
    fc.assert(property, { seed: 7, numRuns: 3000 });
  });

  test('tensor, full, arange and trace', () => {
    const property = fc.property(junk, junk, junk, (a, b, c) => {
      typed(() => zoo.tensor(a as never, { shape: b as never, dtype: c as never }).dispose());
      typed(() => zoo.full(a as never, b as never, c as never).dispose());
      typed(() => zoo.arange(a as never, { start: b as never, dtype: c as never }).dispose());
      typed(() => zoo.trace((x) => x!, [{ shape: a as never, dtype: b as never }]));
    });
    fc.assert(property, { seed: 11, numRuns: 2000 });
    expect(zoo.memory().tensors).toBe(0);
  });

  test('real calls on real memory leave no trace when they fail', () => {
    const fakes = [
      core.add,
      core.mul,
      core.neg,
      core.exp,
      core.sum,
      core.expand,
      core.where,
      core.concat,
      core.reshape,
    ];
    const small = fc.record({ shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), dtype });
    const property = fc.property(
      fc.constantFrom(...(fakes as Op[])),
      fc.array(small, { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.constantFrom('dim', 'shape', 'keepdim'), junk),
      (op, specs, attrs) => {
        zoo.scope(() => {
          const args = specs.map((s) => zoo.zeros(s.shape, s.dtype));
          const before = zoo.memory();
          let result: unknown;
          try {
            result = call(op, [...args, attrs]);
          } catch (error) {
            expect(error).toBeInstanceOf(ZooError);
            expect(zoo.memory()).toMatchObject({
              tensors: before.tensors,
              buffers: before.buffers,
              bytes: before.bytes,
            });
            return;
          }
          for (const out of [result].flat() as Tensor[]) expect(out.dataSync().length).toBe(out.size);
        });
      },
    );
    fc.assert(property, { seed: 3, numRuns: 2000 });
    expect(zoo.memory().tensors).toBe(0);
  });
});
