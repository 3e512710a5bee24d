import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createZoo,
  ZooError,
  type Attr,
  type Op,
  type Sample,
  type SampleInput,
  type TypedArray,
  type Zoo,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { difference } from '../src/compare';
import { callOp, hostInputs, upload } from '../src/host';
import { coreOps } from './core-ops';

let reference: Zoo;
let device: Zoo;
beforeAll(async () => {
  const log = () => undefined;
  reference = await createZoo({ device: cpu(), log });
  device = await createZoo({ device: wasm({ debug: true }), log });
});
afterAll(() => Promise.all([reference.dispose(), device.dispose()]));

const small = fc.integer({ min: -7, max: 9 });
/** Values that an attribute's own rule takes, sensible or not. */
function valueOf(rule: Attr): fc.Arbitrary<unknown> {
  const pool = fc.oneof(
    small,
    fc.array(fc.integer({ min: -3, max: 6 }), { maxLength: 5 }),
    fc.boolean(),
    fc.constantFrom<unknown>(null, 0.5, -1e-3, 1e30, ...(/^one of (.*)$/.exec(rule.expected)?.[1]?.split(', ') ?? [])),
  );
  return pool.filter((value) => rule.accepts(value));
}

const index = fc.nat({ max: 1000 });
/** A sample of the op with some sizes changed (everywhere at once, or in one place) and some attributes. */
function mutationOf(op: Op): fc.Arbitrary<Sample> {
  const swaps = fc.array(fc.record({ size: index, by: fc.integer({ min: 0, max: 11 }), once: fc.boolean() }), { maxLength: 3 }); // prettier-ignore
  const attrs = fc.record(Object.fromEntries(Object.entries(op.attrs).map(([name, rule]) => [name, valueOf(rule)])), {
    requiredKeys: [],
  });
  const samples = op.samples!();
  return fc.record({ pick: index, swaps, attrs, keep: fc.boolean() }).map(({ pick, swaps, attrs, keep }) => {
    const sample = samples[pick % samples.length]!;
    let ins: (SampleInput | null)[] = [...sample.ins];
    // Values that are spelled out fit one shape only.
    const fixed = ins.some((x) => Array.isArray(x?.fill));
    for (const { size, by, once } of fixed ? [] : swaps) {
      const sizes = ins.flatMap((x) => x?.shape ?? []);
      const from = sizes[size % Math.max(1, sizes.length)];
      let left = once ? 1 : Infinity;
      ins = ins.map((x) => x && { ...x, shape: x.shape.map((n) => (n === from && left-- > 0 ? by : n)) });
    }
    return { name: 'mutation', ins, attrs: keep ? sample.attrs : { ...sample.attrs, ...attrs } };
  });
}

type Outcome = { values: TypedArray[]; shapes: string } | { code: string };

function outcome(zoo: Zoo, op: Op, sample: Sample): Outcome {
  const before = zoo.memory();
  try {
    return zoo.scope(() => {
      const outs = callOp(op, upload(zoo, hostInputs(op, sample)), sample.attrs);
      return { values: outs.map((out) => out.dataSync()), shapes: outs.map(String).join() };
    });
  } catch (error) {
    // Anything else is a crash, and fails here with its own message.
    if (!(error instanceof ZooError)) throw error;
    return { code: error.code };
  } finally {
    const { tensors, bytes } = zoo.memory();
    expect({ tensors, bytes }).toEqual({ tensors: before.tensors, bytes: before.bytes });
  }
}

describe('mutated samples: wasm computes what cpu computes, or refuses what cpu refuses', () => {
  test.each(coreOps.map((op) => [op.name, op] as const))('%s', (_, op) => {
    const property = fc.property(mutationOf(op), (sample) => {
      const [wanted, got] = [outcome(reference, op, sample), outcome(device, op, sample)];
      if ('code' in wanted || 'code' in got) expect(got).toEqual(wanted);
      else {
        expect(got.shapes).toBe(wanted.shapes);
        got.values.forEach((values, i) => {
          const truth = wanted.values[i]!;
          const found = difference(values, truth, values instanceof Float32Array ? 'f32' : 'i32');
          // Both round; odd attributes (an epsilon of 10³⁰, a negative one) stretch errors beyond an op's own tolerance.
          expect(found.fault ?? (found.abs < 1e-4 ? 'near' : found)).toBe('near');
        });
      }
    });
    fc.assert(property, { seed: 2026, numRuns: 80 });
  });
});
