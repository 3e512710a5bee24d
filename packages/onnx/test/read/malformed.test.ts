import { FormatError } from '@paperzoo/core';
import { describe, expect, test } from '@jest/globals';
import type { onnx } from 'onnx-proto';
import { inspectOnnx, UnsupportedError } from '../../src/index';
import { f32, graphNode, model, node, weights } from './build';

/** What reading these bytes throws, which must be one of our own errors. */
function refusal(bytes: Uint8Array): Error {
  try {
    inspectOnnx(bytes, { file: 'bad.onnx' });
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was accepted.');
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const field = (number: number, content: readonly number[]): number[] => [
  ...varint(number * 8 + 2),
  ...varint(content.length),
  ...content,
];

/** A node whose attribute holds a graph, whose node's attribute holds a graph, … */
function nest(depth: number): Uint8Array {
  let graph: number[] = [];
  for (let i = 0; i < depth; i++) graph = field(1, field(5, field(6, graph)));
  return Uint8Array.from(field(7, graph));
}

function nestTypes(depth: number): Uint8Array {
  let type: number[] = [];
  for (let i = 0; i < depth; i++) type = field(4, field(1, type));
  return Uint8Array.from(field(7, field(11, field(2, type))));
}

const external = (location: string, more: onnx.IStringStringEntryProto[] = []) =>
  model({
    graph: {
      initializer: [
        weights('w', [2, 3], {
          rawData: undefined,
          dataLocation: 1,
          externalData: [{ key: 'location', value: location }, ...more],
        }),
      ],
    },
  });
const initializers = (...initializer: onnx.ITensorProto[]) => model({ graph: { initializer } });
const nodes = (...list: onnx.INodeProto[]) => model({ graph: { node: list } });

describe('refuses bytes that are no sound model', () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    ['nothing', () => new Uint8Array(0), /empty/],
    ['text', () => new TextEncoder().encode('<!DOCTYPE html><html></html>'), /not an ONNX model/],
    ['zeros', () => new Uint8Array(100), /no graph|not an ONNX/],
    ['a truncated model', () => model().subarray(0, 60), /ends/],
    ['a length beyond the end', () => Uint8Array.from([0x3a, 0xff, 0xff, 0xff, 0x07]), /ends before/],
    ['a length of 2 ** 63', () => Uint8Array.from([0x3a, ...new Array<number>(9).fill(255), 1]), /longer than it can be/],
    ['a number without an end', () => Uint8Array.from([8, ...new Array<number>(20).fill(255)]), /longer than it can be/],
    ['a graph that is a number', () => Uint8Array.from([0x38, 1]), /wrong form/],
    ['groups', () => Uint8Array.from([...varint(100 * 8 + 3), ...varint(100 * 8 + 4)]), /does not use/],
    ['graphs nested a thousand deep', () => nest(1000), /nested deeper/],
    ['types nested a thousand deep', () => nestTypes(1000), /nested deeper/],
    ['two million empty nodes', () => Uint8Array.from(field(7, new Array<number[]>(2_000_000).fill([10, 0]).flat())), /parts/],
    ['no graph', () => model({ model: { graph: undefined } }), /has no graph/],
    ['a negative dimension', () => initializers(weights('w', [2, 3], { dims: [-2, -3] })), /dimension of -2/],
    ['a huge dimension', () => initializers(weights('w', [2, 3], { dims: [2 ** 40, 2 ** 40] })), /elements/],
    ['a dimension of 2 ** 62', () => initializers(weights('w', [2, 3], { dims: [2 ** 62] })), /dimension of 4611686018427388000/],
    ['a negative size of an input', () => model({ graph: { input: [f32('x', -1, 2)] } }), /dimension of -1/],
    ['too few bytes', () => initializers(weights('w', [2, 3], { rawData: new Uint8Array(20) })), /needs 24 bytes, and 20/],
    ['too few numbers', () => initializers(weights('w', [2, 3], { rawData: undefined, floatData: [1] })), /1 of 6/],
    ['no data at all', () => initializers(weights('w', [2, 3], { rawData: undefined })), /0 of 6/],
    ['numbers and bytes', () => initializers(weights('w', [2, 3], { floatData: [1] })), /raw data and numbers/],
    ['an unknown element type', () => initializers(weights('w', [2, 3], { dataType: 77 })), /unknown type 77/],
    ['an unknown type of an input', () => model({ graph: { input: [{ name: 'x', type: { tensorType: { elemType: 99 } } }] } }), /type 99/],
    ['a name given twice', () => nodes(node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])), /"y" twice/],
    ['an output that is an input', () => nodes(node('Relu', ['x'], ['x'])), /"x" twice/],
    ['two tensors of one name', () => initializers(weights('w', [2, 3]), weights('w', [2, 3])), /"w" twice/],
    ['a tensor without a name', () => initializers(weights('', [2, 3])), /without a name/],
    ['a circle', () => nodes(node('Add', ['x', 'b'], ['a']), node('Add', ['a', 'x'], ['b']), node('Relu', ['b'], ['y'])), /"b".*circle/],
    ['a node that feeds itself', () => nodes(node('Add', ['x', 'y'], ['y'])), /circle/],
    ['an input that nobody makes', () => nodes(node('Add', ['x', 'ghost'], ['y'])), /"ghost", which nothing makes/],
    ['an output that nobody makes', () => nodes(node('Relu', ['x'], ['z'])), /output "y", which nothing makes/],
    ['a circle inside a branch', () => nodes(graphNode('If', 'then_branch', { node: [node('Relu', ['b'], ['b'])] })), /circle/],
    ['an attribute twice', () => nodes(node('Relu', ['x'], ['y'], { attribute: [{ name: 'a' }, { name: 'a' }] })), /attribute "a" twice/],
    ['no operator', () => nodes(node('', ['x'], ['y'])), /no operator/],
    ['a parent folder', () => external('../secret'), /not a file in the model's folder/],
    ['a path that leaves and comes back', () => external('parts/../../x'), /folder/],
    ['an absolute path', () => external('/etc/passwd'), /folder/],
    ['a Windows path', () => external('C:\\secret'), /folder/],
    ['backslashes', () => external('..\\secret'), /folder/],
    ['an address', () => external('https://example.com/w.bin'), /folder/],
    ['a NUL', () => external('w.bin\u0000.txt'), /folder/],
    ['no path', () => external(''), /folder/],
    ['a negative offset', () => external('w.bin', [{ key: 'offset', value: '-4' }]), /offset "-4"/],
    ['a wrong length', () => external('w.bin', [{ key: 'length', value: '4' }]), /needs 24 bytes, and 4/],
    ['a length that is no number', () => external('w.bin', [{ key: 'length', value: '1e9' }]), /length "1e9"/],
    ['a function that calls itself', () => model({ model: { functions: [{ name: 'f', domain: 'd', node: [node('f', [], ['o'], { domain: 'd' })] }] } }), /calls itself/],
  ])('%s', (_what, bytes, message) => {
    const error = refusal(bytes());
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('bad.onnx');
    expect(error.message.length).toBeLessThan(400);
  });
}); // prettier-ignore

describe('sound models of another world', () => {
  test('all unknown operators are listed at once', () => {
    const bytes = nodes(
      node('Frobnicate', ['x'], ['a']),
      node('Frobnicate', ['a'], ['b']),
      node('Gelu', ['b'], ['c']),
      node('Relu', ['c'], ['d'], { domain: 'org.nowhere' }),
      node('LinearAttention', ['d'], ['y'], { domain: 'com.microsoft' }),
    );
    const error = refusal(bytes) as UnsupportedError;
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.code).toBe('unsupported');
    for (const part of [
      /"Frobnicate" \(no standard operator\), 2 times/,
      /Gelu \(of operator set 20/,
      /org\.nowhere\.Relu/,
    ]) {
      expect(error.message).toMatch(part);
    }
    expect(error.message).toMatch(
      /com\.microsoft\.LinearAttention \(the model imports no operator set of its domain\)/,
    );
    expect(error.details.got).toHaveLength(4);
  });

  test('a newer operator set, and a newer format', () => {
    expect(refusal(model({ model: { opsetImport: [{ domain: '', version: 99 }] } })).message).toMatch(
      /operator set 99/,
    );
    const newer = refusal(model({ model: { irVersion: 99 } }));
    expect(newer).toBeInstanceOf(UnsupportedError);
    expect(newer.message).toMatch(/version 99/);
  });

  test('metadata named like parts of objects change nothing but themselves', () => {
    const { metadata } = inspectOnnx(model({ model: { metadataProps: [{ key: '__proto__', value: 'x' }] } }));
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
