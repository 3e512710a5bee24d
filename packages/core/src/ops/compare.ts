import { defineOp, implement, operand, tensor, type Sample } from '../op';
import { pairSamples, sameDType } from './binary';
import { broadcast, sumTo } from './shapes';

function comparison(name: string) {
  const op = defineOp({
    name,
    version: 1,
    inputs: [operand('input', 'any'), operand('other', 'any')],
    shape([a, b]) {
      sameDType(name, a, b);
      return { shape: broadcast(name, a.shape, b.shape), dtype: 'bool' };
    },
    samples: (): Sample[] => [
      ...pairSamples('normal'),
      {
        name: 'ints',
        ins: [
          { shape: [37], dtype: 'i32', fill: 'index' },
          { shape: [37], dtype: 'i32', fill: 'index' },
        ],
      },
    ],
  });
  implement(op, { vjp: () => [undefined, undefined] });
  return op;
}

export const eq = comparison('eq');
export const ne = comparison('ne');
export const lt = comparison('lt');
export const le = comparison('le');
export const gt = comparison('gt');
export const ge = comparison('ge');

function logical(name: string) {
  const op = defineOp({
    name,
    version: 1,
    inputs: [tensor('input', 'bool'), tensor('other', 'bool')],
    shape: ([a, b]) => ({ shape: broadcast(name, a.shape, b.shape), dtype: 'bool' }),
    samples: (): Sample[] => [
      {
        name: 'masks',
        ins: [
          { shape: [4, 9], dtype: 'bool', fill: 'index', below: 2 },
          { shape: [9], dtype: 'bool', fill: 'index', below: 2 },
        ],
      },
    ],
  });
  implement(op, { vjp: () => [undefined, undefined] });
  return op;
}

export const logicalAnd = logical('logical_and');
export const logicalOr = logical('logical_or');

export const logicalNot = defineOp({
  name: 'logical_not',
  version: 1,
  inputs: [tensor('input', 'bool')],
  shape: ([x]) => ({ shape: x.shape, dtype: 'bool' }),
  samples: (): Sample[] => [{ name: 'mask', ins: [{ shape: [21], dtype: 'bool', fill: 'index', below: 2 }] }],
});
implement(logicalNot, { vjp: () => [undefined] });

/** input where condition is true, else other; all three broadcast. */
export const where = defineOp({
  name: 'where',
  version: 1,
  inputs: [tensor('condition', 'bool'), operand('input', 'f32', 'i32'), operand('other', 'f32', 'i32')],
  shape([condition, a, b]) {
    sameDType('where', a, b);
    const both = broadcast('where', a.shape, b.shape);
    return { shape: broadcast('where', condition.shape, both, ['condition', 'input and other']), dtype: a.dtype };
  },
  samples: (): Sample[] => [
    {
      name: 'same',
      ins: [{ shape: [5, 7], dtype: 'bool', fill: 'index', below: 2 }, { shape: [5, 7] }, { shape: [5, 7] }],
    },
    {
      name: 'broadcast',
      ins: [{ shape: [5, 1], dtype: 'bool', fill: 'index', below: 2 }, { shape: [7] }, { shape: [] }],
    },
    { name: 'empty', ins: [{ shape: [0], dtype: 'bool', fill: 'index', below: 2 }, { shape: [0] }, { shape: [] }] },
  ],
});
implement(where, {
  vjp: ({ ins: [condition, a, b], grads: [dy] }) => [
    undefined,
    sumTo(where(condition, dy!, 0), a.shape),
    sumTo(where(condition, 0, dy!), b.shape),
  ],
});
