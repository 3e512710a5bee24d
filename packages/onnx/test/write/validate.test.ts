import { FormatError } from '@paperzoo/core';
import { describe, expect, test } from '@jest/globals';
import { UnsupportedError } from '../../src/index';
import { weightOf, type ElementType, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../src/model/onnx-graph';
import { introducedIn } from '../../src/read/standard-ops';
import { schemaOf } from '../../src/write/schemas/operator-schema';
import { STANDARD_SCHEMAS } from '../../src/write/schemas/standard';
import { validate } from '../../src/write/validate';

const value = (name: string, type: ElementType = 'f32') => ({ name, type, dims: [2] });
const node = (text: string, attributes: OnnxNode['attributes'] = {}, domain = ''): OnnxNode => {
  const [outputs, call] = text.split(' = ') as [string, string];
  const [opType, ...inputs] = call.split(' ') as [string, ...string[]];
  // As exports call them: the modules, then the operator.
  const name = attributes.to ? `head.0/${opType}_${outputs}` : `head.0/${opType}`;
  return { opType, domain, name, inputs: inputs.map((each) => (each === '_' ? '' : each)), outputs: outputs.split(' '), attributes }; // prettier-ignore
};
const graph = (nodes: readonly OnnxNode[], rest: Partial<OnnxGraph> = {}): OnnxGraph => ({
  ...{ name: 'graph', nodes, inputs: [value('x')], outputs: [value('y')], weights: new Map(), values: new Map() },
  ...rest,
});
const model = (main: OnnxGraph, rest: Partial<OnnxModel> = {}): OnnxModel => ({
  ...{ graph: main, functions: [], opsets: new Map([['', 17]]), metadata: {} },
  ...rest,
});

/** The error's class and all that it lists. */
function refused(of: OnnxModel): [unknown, readonly string[]] {
  try {
    validate(of);
  } catch (error) {
    return [(error as Error).constructor, (error as FormatError).details.got as string[]];
  }
  return [undefined, []];
}

describe('types', () => {
  test('follow from operators, attributes and letters', () => {
    const nodes = [
      node('n = Shape x'),
      node('f = Cast n', { to: { int: 1 } }),
      node('m = Less x f'),
      node('z = ConstantOfShape n', { value: { tensor: { type: 'i32', dims: [1], values: [3] } } }),
      node('i = Cast x', { to: { int: 6 } }),
      node('w = Where m z i'),
      node('y = Cast w', { to: { int: 1 } }),
    ];
    const weights = new Map([['k', weightOf(new Float32Array(2), [2], 'f32')]]);
    expect(refused(model(graph(nodes, { weights })))).toEqual([undefined, []]);
  });

  test('everything that is wrong comes at once, with the place of each', () => {
    const nodes = [
      node('i = Cast x', { to: { int: 6 } }),
      node('s = Add x i'),
      node('e = Erf i'),
      node('c = Concat x s', { axes: { ints: [0] } }),
      node('t = Transpose c', { perm: { int: 1 } }),
      node('g = Gemm t'),
      node('r = Relu g late'),
      node('late = Neg r'),
      node('late = Abs ghost'),
      node('y = Mush late'),
    ];
    const [kind, problems] = refused(model(graph(nodes, { values: new Map([['c', value('c', 'bool')]]) })));
    expect(kind).toBe(FormatError);
    expect(problems).toEqual([
      'Add at "head.0/Add" takes one type where "i" is i32 and another is f32',
      'Erf at "head.0/Erf" takes f32 or f16 as "i", not i32',
      'Concat at "head.0/Concat" has no attribute "axes"',
      'Concat at "head.0/Concat" lacks its attribute "axis"',
      'Transpose at "head.0/Transpose" takes ints as attribute "perm", not int',
      'Gemm at "head.0/Gemm" lacks its input 1',
      '"head.0/Relu" reads "late", which is made only later: the graph runs in a circle',
      'Relu at "head.0/Relu" has 2 inputs, 1 at most are known',
      '"head.0/Abs" reads "ghost", which nothing makes',
      '"late" is made twice',
      '"c" is f32 and is said to be bool',
      'Mush at "head.0/Mush" does not exist: Operator set 17 lacks it',
    ]);
  });

  test('of the graphs that a node runs', () => {
    const body = (type: ElementType, ...outputs: string[]): OnnxGraph => ({
      ...graph([node('a = Add s v'), node('b = Identity a')], { name: 'body' }),
      inputs: [value('s', type), value('v')],
      outputs: outputs.map((name) => value(name)),
    });
    const scan = (inner: OnnxGraph) =>
      graph([node('last y = Scan x x', { body: { graph: inner }, num_scan_inputs: { int: 1 } })]);
    expect(refused(model(scan(body('f32', 'a', 'b'))))).toEqual([undefined, []]);
    expect(refused(model(scan(body('i32', 'a'))))[1]).toEqual([
      'Add at "head.0/Add" takes one type where "v" is f32 and another is i32',
      '"a" is i32 and is said to be f32',
      'Scan at "head.0/Scan" makes 2 values from a body with 1 outputs',
      'Scan at "head.0/Scan" feeds f32 to the input "s" of its body, which is i32',
    ]);
  });

  test('of functions, for the types that they are called with', () => {
    const domain = 'ai.paperzoo.demo';
    const twice = { ...{ name: 'Twice', domain, doc: '' }, inputs: ['p'], outputs: ['q'], nodes: [node('q = Erf p')] };
    const opsets = new Map([['', 17], [domain, 1]]); // prettier-ignore
    const calls = graph([node('y = Twice x', {}, domain)]);
    expect(refused(model(calls, { functions: [twice], opsets }))).toEqual([undefined, []]);
    const whole = { ...calls, inputs: [value('x', 'i32')] };
    expect(refused(model(whole, { functions: [twice], opsets }))[1][0]).toMatch(/takes f32 or f16 as "p", not i32/);
    const endless = { ...twice, nodes: [node('q = Twice p', {}, domain)] };
    expect(refused(model(calls, { functions: [endless], opsets }))[1]).toEqual([
      'Twice calls itself at "head.0/Twice"',
    ]);
  });
});

describe('domains', () => {
  const contrib = (text: string, attributes: OnnxNode['attributes'], version = 1) =>
    model(graph([node(text, attributes, 'com.microsoft')]), { opsets: new Map([['', 17], ['com.microsoft', version]]) }); // prettier-ignore

  test("onnxruntime's own operators are known by name, version and attributes", () => {
    expect(refused(contrib('y = QuickGelu x', { alpha: { float: 1 } }))).toEqual([undefined, []]);
    expect(refused(contrib('y = QuickGelu x', { beta: { float: 1 } }))[1]).toEqual([
      'QuickGelu at "head.0/QuickGelu" has no attribute "beta"',
    ]);
    expect(refused(contrib('y = SlowGelu x', {}))).toEqual([UnsupportedError, ['SlowGelu at "head.0/SlowGelu"']]);
    expect(refused(contrib('y = QuickGelu x', {}, 0))[0]).toBe(UnsupportedError);
  });

  test('one that is not imported', () => {
    expect(refused(model(graph([node('y = Relu x', {}, 'com.else')])))[1]).toEqual([
      'Relu at "head.0/Relu" is of the domain "com.else", which is not imported',
    ]);
  });
});

test('the table of standard operators and the list of their names agree', () => {
  const named = [...STANDARD_SCHEMAS.matchAll(/^(\w+) \d+:/gm)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(190);
  for (const name of named) {
    const since = introducedIn(name)!;
    expect([name, since <= 21]).toEqual([name, true]);
    expect([name, schemaOf('', name, 21)]).toEqual([name, expect.anything()]);
    if (since > 17) expect([name, schemaOf('', name, since - 1)]).toEqual([name, undefined]);
  }
});
