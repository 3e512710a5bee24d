import { expect, test } from '@jest/globals';
import { add, concat, conv2d, defineOp, matmul, softmax, sum, tensor, where, type Tensor } from '../src/index';

/** Never run: the type-checker is the test, and every line that it must refuse says so. */
export function accepted(x: Tensor): Tensor[] {
  const two = defineOp({ name: 't:two', version: 1, inputs: [tensor('x')], shape: ([s]) => [s, s] as const });
  const [a, b] = two(x);
  return [
    ...[a, b, add(x, 1), add(1, x), matmul(x, x), matmul(x, x, { transposeB: true }), softmax(x, { dim: -1 })],
    ...[conv2d(x, x), conv2d(x, x, x), conv2d(x, x, { stride: [2] }), conv2d(x, x, null, { groups: 2 })],
    ...[sum(x, { dim: -1 }), sum(x, { dim: [0, 1] })],
    ...[concat([x, x]), concat([x], { dim: 0 }), where(x, x, 0), x.add(1).sum([0], true).softmax(-1)],
  ];
}

export function refused(x: Tensor): void {
  // @ts-expect-error an attribute that does not exist
  matmul(x, x, { transpose: true });
  // @ts-expect-error an attribute of the wrong type
  softmax(x, { dim: '1' });
  // @ts-expect-error several integers where one is taken
  softmax(x, { dim: [1] });
  // @ts-expect-error a required attribute is missing
  softmax(x);
  // @ts-expect-error a required input is missing
  matmul(x);
  // @ts-expect-error an input too many
  add(x, x, x);
  // @ts-expect-error a number where only tensors go
  matmul(x, 2);
  // @ts-expect-error a list given one by one
  concat(x, x);
  // @ts-expect-error a value that is not one of the listed
  x.cast('f64');
  // @ts-expect-error a shape rule that does not give specs
  defineOp({ name: 't:bad', version: 1, inputs: [tensor('x')], shape: () => 3 });
  // @ts-expect-error shapes cannot be written to
  x.shape[0] = 1;
}

test('types were checked', () => {
  expect([accepted, refused].map((f) => f.length)).toEqual([1, 1]);
});
