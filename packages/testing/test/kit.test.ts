import { describe, expect, test } from '@jest/globals';
import {
  add,
  attr,
  defineKernel,
  defineOp,
  definePlugin,
  exp,
  implement,
  mul,
  neg,
  ShapeError,
  sign,
  tensor,
  type Arg,
  type Attr,
  type Benchmark,
  type DeviceFactory,
  type Input,
  type Kernel,
  type Op,
  type Plugin,
  type Spec,
  type Tensor,
  type TypedOp,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { conform, ErrorReport, variants, type ConformanceError } from '../src/index';
import { fewVariants } from '../src/variants';

type Values = Float32Array | Float64Array;
type Run = (ins: readonly Arg<Values>[], out: Arg<Values>, attrs: { scale: number }) => void;

const honest: Run = ([x], out, { scale }) => x!.buffer.forEach((v, i) => (out.buffer[i] = v * v * scale));

type Square = TypedOp<readonly [Input<'tensor'>], { readonly scale: Attr<number, true> }, Spec>;

/** An op x² · scale of a plugin, made wrong in one way at a time. */
function specimen(wrong: {
  run?: Run;
  op?: Partial<Parameters<typeof defineOp>[0]>;
  composite?: (x: Tensor, scale: number) => Tensor;
  vjp?: (x: Tensor, dy: Tensor, scale: number) => Tensor;
  kernel?: Partial<Kernel<Values>>;
  plugin?: Partial<Plugin>;
}): Plugin {
  const op = defineOp({
    name: 't.square',
    version: 1,
    inputs: [tensor('x')],
    attrs: { scale: attr.number(1) },
    shape: ([x]) => {
      if (x!.shape.length === 0)
        throw new ShapeError('t.square: x must have an axis.', { op: 't.square', argument: 'x' });
      return { shape: x!.shape, dtype: 'f32' as const };
    },
    cost: ([x]) => ({ flops: 2 * x!.shape.reduce((a, b) => a * b, 1) }),
    samples: () => [
      { name: 'plain', ins: [{ shape: [3, 7] }] },
      { name: 'scaled', ins: [{ shape: [11] }], attrs: { scale: 0.5 } },
    ],
    ...wrong.op,
  } as Parameters<typeof defineOp>[0]) as unknown as Square;
  implement(op, {
    composite: ([x], { scale }) => (wrong.composite ?? ((t, s) => mul(mul(t, t), s)))(x, scale),
    vjp: ({ ins: [x], grads: [dy], attrs: { scale } }) => [
      (wrong.vjp ?? ((t, g, s) => mul(g, mul(t, 2 * s))))(x, dy!, scale),
    ],
  });
  const kernel = defineKernel<Values, unknown>(op, {
    id: 't.square/cpu',
    device: 'cpu',
    run: (_ctx, ins, outs, attrs: { scale: number }) => (wrong.run ?? honest)(ins as Arg<Values>[], outs[0]!, attrs),
    ...wrong.kernel,
  } as Parameters<typeof defineKernel<Values, unknown>>[1]);
  return definePlugin({
    name: '@t/square',
    api: 1,
    license: 'MIT',
    paper: { title: 'Squares', authors: 'Euclid', year: 2000, venue: 'Elements' },
    ops: [op],
    kernels: { cpu: () => Promise.resolve({ default: [kernel as Kernel<never, never>] }) },
    ...wrong.plugin,
  });
}
/** Names of the checks that fail, with their messages. */
async function failures(target: Plugin | readonly Op[], device: DeviceFactory = cpu()): Promise<string[]> {
  const found: string[] = [];
  for (const { name, run } of conform(target, { devices: { it: device } })) {
    await run().catch((error: unknown) => found.push(`${name}: ${String(error)}`));
  }
  return found;
}

describe('the kit', () => {
  test('passes a plugin that keeps its contract, and measures it', async () => {
    const report = new ErrorReport();
    const checks = conform(specimen({}), { devices: { it: cpu() }, report });
    for (const { run } of checks) await run();
    expect(new Set(checks.map((c) => c.name)).size).toBe(checks.length);
    const ways = report.worst().map((entry) => [entry.way, entry.rel < 1e-7]);
    expect(ways).toEqual([['composite', true], ['gradient', true], ['t.square/cpu', true]]); // prettier-ignore
    expect(String(report)).toContain('| t.square | it | t.square/cpu |');
  });

  test.each<[string, Parameters<typeof specimen>[0], RegExp]>([
    ['a value that is slightly off', { run: (i, o, a) => { honest(i, o, a); o.buffer[1]! *= 1 + 1e-4; } }, /too far from the float64 result/], // prettier-ignore
    ['an element that is not written', { run: ([x], o) => x!.buffer.forEach((v, k) => { if (k) o.buffer[k] = v * v; }) }, /is NaN instead of/], // prettier-ignore
    ['an output read before it is written', { run: ([x], o) => x!.buffer.forEach((v, k) => (o.buffer[k]! += v * v)) }, /is NaN instead of/], // prettier-ignore
    ['an attribute that is ignored', { run: ([x], o) => x!.buffer.forEach((v, k) => (o.buffer[k] = v * v)) }, /scaled.*too far/], // prettier-ignore
    ['a changed input', { run: (i, o, a) => { honest(i, o, a); i[0]!.buffer[0] = 0; } }, /differs at position 0|after the calls/], // prettier-ignore
    ['a result that drifts', { run: (() => { let n = 0; return ((i, o, a) => { honest(i, o, a); o.buffer[0]! *= 1 + 1e-7 * (n++ % 8); }) as Run; })() }, /a second call/], // prettier-ignore
    ['an odd size forgotten', { run: ([x], o, { scale }) => { o.buffer.fill(0); for (let k = 0; k < x!.size - (x!.size % 2); k++) o.buffer[k] = x!.buffer[k]! ** 2 * scale; } }, /too far/], // prettier-ignore
    ['another meaning in the composite', { composite: (x, s) => mul(mul(x, x), s + 1) }, /too far/],
    [
      'a shape that the rule does not say',
      { composite: (x, s) => mul(mul(x, x), s).reshape([-1]) },
      /the shape rule says/,
    ],
    ['a gradient off by a factor', { vjp: (x, dy, s) => mul(dy, mul(x, s)) }, /against central differences/],
    ['a gradient that is a constant to its own gradient', { vjp: (x, dy, s) => x.zoo.noGrad(() => mul(dy, mul(x, 2 * s))) }, /second gradient/], // prettier-ignore
    [
      'a kernel that no sample reaches',
      { kernel: { supports: () => 'only on Sundays' } },
      /no sample reaches t.square\/cpu/,
    ],
    ['a condition that no sample meets', { kernel: { supports: () => true } }, /no sample is declined by/],
    ['a reason that is none', { kernel: { supports: ([x]) => x!.shape.length === 1 || 'no' } }, /which is no sentence/],
    ['an untyped error', { op: { shape: ([x]) => { if (!x!.shape.length) throw new TypeError('oops'); return x!; } } }, /untyped error/], // prettier-ignore
    ['an error that names nothing', { op: { shape: ([x]) => { if (!x!.shape.length) throw new ShapeError('bad'); return x!; } } }, /op undefined, argument undefined/], // prettier-ignore
    ['no samples', { op: { samples: () => [] } }, /needs samples/],
    ['no cost', { op: { cost: undefined } }, /needs a cost/],
    ['no namespace', { op: { name: 'square' } }, /needs a namespace/],
    ['no authors', { plugin: { paper: { title: 'x' } } }, /authors and a year/],
    ['a kernel listed for another device', { kernel: { device: 'gpu' } }, /listed for cpu and made for gpu/],
    ['a kernel with another op’s name', { kernel: { id: 'other/cpu' } }, /should be named/],
    ['benchmarks that do not load', { plugin: { benchmarks: () => Promise.reject(new Error('gone')) } }, /gone/],
  ])('finds %s', async (_, wrong, message) => {
    expect((await failures(specimen(wrong))).join('\n')).toMatch(message);
  });

  test('finds benchmarks that say too little, or promise more than they aim at', async () => {
    const goal = { text: 'faster', unit: '×', sense: 'least', must: 2, aim: 1, value: () => 1 } as const;
    const bench = { id: 'b', title: 'B', definition: '', lanes: () => Promise.reject(new Error('not run')) };
    const found = (...all: Benchmark[]) =>
      failures(specimen({ plugin: { benchmarks: () => Promise.resolve({ default: all }) } }));
    expect(await found({ ...bench, definition: 'What.', goals: [{ ...goal, aim: 3 }] })).toEqual([]);
    expect((await found(bench)).join()).toMatch(/benchmark "b" needs definition/);
    expect((await found({ ...bench, definition: 'What.', goals: [goal] })).join()).toMatch(/promises more/);
  });

  test('finds claims that say too little', async () => {
    const claim = { id: 'c', source: 'Table 1', statement: 's', figure: '1', scaledDown: '', budgetSeconds: 5, run: () => Promise.reject(new Error('not run')) }; // prettier-ignore
    const found = await failures(specimen({ plugin: { claims: () => Promise.resolve({ default: [claim] }) } }));
    expect(found.join('\n')).toMatch(/claim "c" needs scaledDown/);
  });

  test('finds faults in kernels for ops of others', async () => {
    const wrong = defineKernel<Values, unknown>(neg, {
      id: 'neg/faster',
      device: 'cpu',
      priority: 5,
      supports: ([x]) => x!.shape.length > 0 || 'needs an axis',
      run: (_ctx, [x], [out]) => out!.buffer.set(x!.buffer),
    });
    const kernels = { cpu: () => Promise.resolve({ default: [wrong as Kernel<never, never>] }) };
    const found = await failures(specimen({ plugin: { kernels } }));
    expect(found.join('\n')).toMatch(/other packages’ ops: .*neg\/faster of neg.*too far/);
  });

  test('finds a gradient that only the device gets wrong, and says what was expected', async () => {
    const wrong = defineKernel<Values, unknown>(mul, {
      id: 'mul/careless',
      device: 'cpu',
      priority: 5,
      // The composite multiplies [3, 7] by itself; only the gradient multiplies by a number.
      supports: ([, y]) => y!.shape.length === 0 || 'needs a number on the right',
      run: (_ctx, [x, y], [out]) => x!.buffer.forEach((v, i) => (out!.buffer[i] = v * y!.buffer[0]! * 1.001)),
    });
    const kernels = { cpu: () => Promise.resolve({ default: [wrong as Kernel<never, never>] }) };
    const check = conform(
      specimen({ plugin: { kernels }, op: { samples: () => [{ name: 'one', ins: [{ shape: [1, 1] }] }] } }),
      {
        devices: { it: cpu() },
      },
    ).find(({ name }) => name === 'it · t.square · gradients')!;
    const error = (await check.run().catch((e: unknown) => e)) as ConformanceError;
    expect(error.message).toMatch(
      /gradient of t.square, sample "one": input 0 is too far .* at position 0: .* instead of/,
    );
    expect(Number(error.details.got) / Number(error.details.expected)).toBeCloseTo(1.001, 5);
  });

  test('lets a device that says so take subnormal numbers for 0, and no other', async () => {
    const flush = (v: number) => (Math.abs(v) < 2 ** -126 ? 0 : v);
    const kernel = defineKernel<Values, unknown>(sign, {
      id: 'sign/flushed',
      device: 'cpu',
      priority: 5,
      run: (_ctx, [x], [out]) => out!.buffer.set(x!.buffer.map((v) => Math.sign(flush(v)))),
    });
    const flushing =
      (info: object): DeviceFactory =>
      async () => {
        const device = await cpu()();
        const caps = { ...device.caps, info: { ...device.caps.info, ...info } };
        return Object.defineProperties(device, {
          caps: { value: caps },
          kernels: { value: [...device.kernels, kernel] },
        });
      };
    const extremes = (device: DeviceFactory) =>
      conform([sign], { devices: { it: device } })
        .find(({ what }) => what === 'extremes')!
        .run();
    await expect(extremes(flushing({}))).rejects.toThrow(/sign\/flushed of \(1e-45\) is 0 instead of 1/);
    await expect(extremes(flushing({ subnormals: 'zero' }))).resolves.toBeUndefined();
  });

  test('finds tensors that a composite keeps', async () => {
    const hoard: Tensor[] = [];
    const found = await failures(
      specimen({
        composite: (x, s) => {
          hoard.push(x.alias());
          return mul(mul(x, x), s);
        },
      }),
    );
    expect(found.join('\n')).toMatch(/tensors for 1 outputs|tensors is/);
  });

  test('finds an op that neither a kernel nor a composite can run', async () => {
    const lost = defineOp({
      name: 't.lost',
      version: 1,
      inputs: [tensor('x')],
      shape: ([x]) => x,
      samples: () => [{ name: 'one', ins: [{ shape: [2] }] }],
    });
    expect((await failures([lost])).join('\n')).toMatch(/no kernel fits and there is no composite/);
  });

  test('finds twins that differ and ops whose gradient is not as listed', async () => {
    const wobbly = specimen({ run: (i, o, a) => { honest(i, o, a); o.buffer[0]! *= 1 + 1e-7; } }); // prettier-ignore
    const checks = conform(wobbly.ops!, {
      devices: { a: cpu(), b: cpu({ precision: 'f64' }) },
      twins: [['a', 'b'], ['a', 'none']], // prettier-ignore
      withoutGradient: ['t.square'],
    });
    const found: string[] = [];
    for (const { name, run } of checks) await run().catch((e: unknown) => found.push(`${name}: ${String(e)}`));
    expect(found.join('\n')).toMatch(/none.*must both be devices/);
    expect(found.join('\n')).toMatch(/take it off the list/);
  });
});

describe('generated samples', () => {
  test('replace a size everywhere at once, skip what the shape rule refuses, and repeat themselves', () => {
    const shapes = variants(add).map((s) => s.ins.map((x) => x!.shape.join('×')));
    expect(shapes.length).toBeGreaterThan(30);
    expect(shapes.some(([a]) => a!.includes('0'))).toBe(true);
    expect(variants(add).some((s) => s.name.endsWith('(large)'))).toBe(true);
    expect(variants(exp)).toEqual(variants(exp));
    expect(variants(neg).every((s) => s.ins.length === 1)).toBe(true);
  });

  test('are a few where few are asked for: the same each time, others on each device', () => {
    const names = (device: string) => fewVariants(add, 3, device).map((s) => s.name);
    expect(names('a')).toHaveLength(3);
    expect(names('a')).toEqual(names('a'));
    expect(names('a')).not.toEqual(names('b'));
    expect(fewVariants(neg, 1000, 'a')).toEqual(variants(neg));
  });
});
