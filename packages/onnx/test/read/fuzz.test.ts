import { ZooError } from '@paperzoo/core';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspectOnnx } from '../../src/index';
import { graphNode, model, node, weights } from './build';

const sound = model({
  graph: {
    initializer: [weights('w', [2, 3]), weights('v', [2], { rawData: undefined, floatData: [1, 2] })],
    node: [
      graphNode('If', 'then_branch', { node: [node('Relu', ['x'], ['t'])], output: [{ name: 't' }] }),
      node('Concat', ['x', 'x'], ['z'], { attribute: [{ name: 'axis', type: 2, i: 1 }] }),
    ],
  },
  model: { metadataProps: [{ key: 'k', value: 'v' }] },
});

/** Whatever the bytes are: a summary or one of our own errors, soon. */
function readsOrRefuses(bytes: Uint8Array): boolean {
  try {
    return inspectOnnx(bytes).nodes >= 0;
  } catch (error) {
    if (!(error instanceof ZooError)) throw error;
    return error.message.length < 2000;
  }
}

test('changed, cut, lengthened and repeated bytes are read or refused', () => {
  const change = fc.record({
    at: fc.nat(sound.length - 1),
    kind: fc.constantFrom('set', 'cut', 'insert', 'repeat'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  });
  const property = fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
    let bytes = [...sound];
    for (const { at, kind, bytes: some } of changes) {
      const rest = bytes.slice(at);
      if (kind === 'set') bytes.splice(at, some.length, ...some);
      else if (kind === 'cut') bytes.splice(at, some.length);
      else if (kind === 'insert') bytes = [...bytes.slice(0, at), ...some, ...rest];
      else bytes = [...bytes, ...rest];
    }
    return readsOrRefuses(Uint8Array.from(bytes));
  });
  fc.assert(property, { seed: 7, numRuns: 3000 });
});

test('arbitrary bytes are read or refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), readsOrRefuses), { seed: 8, numRuns: 3000 });
});

test('the sound one is sound', () => {
  expect(inspectOnnx(sound).operators).toEqual({ Concat: 1, If: 1, Relu: 1 });
});
