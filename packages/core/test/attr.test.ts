import { describe, expect, test } from '@jest/globals';
import { attr, resolveAttrs, type AttrSchema } from '../src/index';
import { failure } from './failure';

const schema = {
  dim: attr.int(),
  eps: attr.number(1e-5),
  keep: attr.boolean(false),
  label: attr.string('x'),
  sizes: attr.ints([1]),
  scale: attr.number(null),
  mode: attr.oneOf(['a', 'b'], 'a'),
} as const satisfies AttrSchema;
const resolve = (given: object) => resolveAttrs('op', schema, given);

describe('attributes', () => {
  test('defaults fill in and the result is frozen', () => {
    const values = resolve({ dim: 2 });
    expect(values).toEqual({ dim: 2, eps: 1e-5, keep: false, label: 'x', sizes: [1], scale: null, mode: 'a' });
    expect(Object.isFrozen(values)).toBe(true);
  });

  test('one integer is a list of one', () => {
    const { sizes } = resolve({ dim: 0, sizes: 3 }) as { sizes: readonly number[] };
    expect(sizes).toEqual([3]);
    expect(Object.isFrozen(sizes)).toBe(true);
  });

  test('undefined means the default, null only where null is allowed', () => {
    expect(resolve({ dim: 1, eps: undefined, scale: null })).toMatchObject({ eps: 1e-5, scale: null });
    expect(failure(() => resolve({ dim: null })).details.argument).toBe('dim');
  });

  test('a required one that is missing, an unknown one, a wrong type', () => {
    expect(failure(() => resolve({}))).toMatchObject({ code: 'attr', details: { op: 'op', argument: 'dim' } });
    const unknown = failure(() => resolve({ dim: 0, dims: [1] }));
    expect(unknown.details).toMatchObject({ argument: 'dims' });
    expect(unknown.message).toContain('dim, eps, keep');
    expect(failure(() => resolve({ dim: 0, mode: 'c' })).message).toBe(
      'op: attribute "mode" must be one of a, b, got c.',
    );
  });

  test.each([
    ['dim', 1.5],
    ['dim', NaN],
    ['dim', 2 ** 53],
    ['dim', '1'],
    ['dim', 1n],
    ['dim', Symbol('s')],
    ['eps', '1'],
    ['keep', 1],
    ['label', 3],
    ['sizes', 3.5],
    ['sizes', '3'],
    ['sizes', [1, 2.5]],
    ['sizes', [1n]],
    ['sizes', new Array<number>(3)],
    ['sizes', new Float32Array(2)],
  ])('%s refuses %p', (name, value) => {
    const error = failure(() => resolve({ dim: 0, [name]: value }));
    expect(error).toMatchObject({ code: 'attr', details: { op: 'op', argument: name } });
  });

  test('an object that holds itself is refused, not printed', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(failure(() => resolve({ dim: cycle })).code).toBe('attr');
    const own: { dim?: unknown } = {};
    own.dim = own;
    expect(failure(() => resolve(own)).code).toBe('attr');
  });

  test('a prototype has no say', () => {
    expect(failure(() => resolve(Object.create({ dim: 1 }) as object)).details.argument).toBe('dim');
    expect(failure(() => resolve(JSON.parse('{"dim":1,"__proto__":{"eps":2}}') as object)).code).toBe('attr');
    expect(({} as Record<string, unknown>).eps).toBeUndefined();
  });

  test("the caller's array may change afterwards", () => {
    const sizes = [1, 2];
    const values = resolve({ dim: 0, sizes }) as { sizes: number[] };
    sizes.push(3);
    expect(values.sizes).toEqual([1, 2]);
    expect(Object.isFrozen(values.sizes)).toBe(true);
  });
});
