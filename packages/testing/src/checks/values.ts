import { resolveAttrs, type Op, type Sample, type Spec, type Tensor, type TypedArray, type Zoo } from '@paperzoo/core';
import { demand } from '../check';
import { DEFAULT_TOLERANCE, difference, objection } from '../compare';
import { callOp, hostInputs, specsOf, upload, type HostInput } from '../host';
import { figures, same, ways, type Lab } from '../lab';
import type { Oracle } from '../oracle';
import type { ErrorReport } from '../report';

/** Where a failure happened, for its message. */
const at = (lab: Lab, op: Op, sample: Sample, way: string) =>
  `${lab.name}: ${way} of ${op.name}, sample "${sample.name}"`;

/**
 * Every way to compute a sample on a device (each kernel that fits, then the composite) against the float64 truth: shapes and dtypes as
 * the shape rule says, values within tolerance, the same again on a second call and with weights marked persistent, inputs untouched,
 * memory back to where it was.
 */
export async function checkValues(
  lab: Lab,
  oracle: Oracle,
  report: ErrorReport,
  op: Op,
  sample: Sample,
): Promise<void> {
  const zoo = await lab.zoo();
  const { fits } = ways(zoo, op, sample);
  const every = [...fits, ...(op.implementation.composite ? ['composite'] : [])];
  // A view has no kernel: the core makes it.
  if (op.implementation.view) every.push('view');
  demand(
    every.length > 0,
    () => `${lab.name}: ${op.name}, sample "${sample.name}": no kernel fits and there is no composite.`,
  );
  const inputs = hostInputs(op, sample);
  for (const way of every) await checkWay(lab, zoo, oracle, report, op, sample, inputs, way);
}

async function checkWay(
  lab: Lab,
  zoo: Zoo,
  oracle: Oracle,
  report: ErrorReport,
  op: Op,
  sample: Sample,
  inputs: readonly (HostInput | undefined)[],
  way: string,
): Promise<void> {
  const what = at(lab, op, sample, way);
  const truth = await oracle.truth(op, sample);
  const start = figures(zoo);
  if (way !== 'view') zoo.pin({ [op.name]: way });
  const ins = upload(zoo, inputs);
  const tolerance = op.implementation.tolerance ?? DEFAULT_TOLERANCE;
  const judge = (outs: readonly TypedArray[], how: string) =>
    truth.forEach(({ values, dtype }, i) => {
      const found = difference(outs[i]!, values, dtype);
      const wrong = objection(found, tolerance);
      demand(
        wrong === undefined,
        () => `${what}: output ${i}${how} ${wrong}.`,
        () => found.worst,
      );
      report.add({ device: lab.name, op: op.name, sample: sample.name, way, ...found, tolerance });
    });
  try {
    const first = await outputsOf(zoo, op, ins, sample, what);
    judge(first, '');
    equalBits(await outputsOf(zoo, op, ins, sample, what), first, `${what}: a second call`);
    for (const x of ins.slice(1)) if (x?.dtype === 'f32') x.persist();
    // Packed weights may be added up in another order, but always in the same one.
    const packed = await outputsOf(zoo, op, ins, sample, what);
    judge(packed, ', with packed weights');
    equalBits(await outputsOf(zoo, op, ins, sample, what), packed, `${what}: a second call with packed weights`);
    for (const [i, x] of ins.entries()) {
      if (x) equalBits([await x.data()], [inputs[i]!.values], `${what}: input ${i} after the calls`);
    }
  } finally {
    zoo.pin(null);
    for (const x of ins) x?.dispose();
  }
  same(figures(zoo), start, what);
}

/** Calls the op, checks what the core must guarantee of its outputs, reads them and frees them. */
async function outputsOf(
  zoo: Zoo,
  op: Op,
  ins: readonly (Tensor | undefined)[],
  sample: Sample,
  what: string,
): Promise<TypedArray[]> {
  const before = figures(zoo);
  const outs = callOp(op, ins, sample.attrs);
  const after = figures(zoo);
  const shaped = op.shape(specsOf(sample), resolveAttrs(op.name, op.attrs, sample.attrs));
  const specs = Array.isArray(shaped) ? (shaped as readonly Spec[]) : [shaped as Spec];
  demand(outs.length === specs.length, `${what}: ${outs.length} outputs instead of ${specs.length}.`);
  const show = ({ shape, dtype }: Spec) => `${dtype} [${shape.join(', ')}]`;
  specs.forEach((spec, i) =>
    demand(
      show(outs[i]!) === show(spec),
      () => `${what}: output ${i} is ${show(outs[i]!)}, the shape rule says ${show(spec)}.`,
    ),
  );
  const made = after.tensors - before.tensors;
  demand(made === outs.length, `${what}: the call left ${made} tensors for ${outs.length} outputs.`);
  const values: TypedArray[] = [];
  for (const out of outs) {
    values.push(await out.data());
    out.dispose();
  }
  return values;
}

/** Equal to the last bit; NaN equals NaN. */
export function equalBits(got: readonly TypedArray[], wanted: readonly TypedArray[], what: string): void {
  got.forEach((values, i) => {
    const other = wanted[i]!;
    let where = 0;
    const alike = (x: number, y: number) => (x === y ? x !== 0 || 1 / x === 1 / y : x !== x && y !== y);
    while (where < values.length && alike(values[where]!, other[where]!)) where++;
    demand(
      where === values.length && values.length === other.length,
      () => `${what}: output ${i} differs at position ${where}: ${values[where]} instead of ${other[where]}.`,
      () => ({ expected: other[where], got: values[where] }),
    );
  });
}

/** Two devices that must agree to the last bit, such as one thread and several. */
export async function checkTwins(a: Lab, b: Lab, op: Op, samples: readonly Sample[]): Promise<void> {
  for (const sample of samples) {
    const inputs = hostInputs(op, sample);
    const results: TypedArray[][] = [];
    for (const lab of [a, b]) {
      const zoo = await lab.zoo();
      const ins = upload(zoo, inputs);
      results.push(await outputsOf(zoo, op, ins, sample, at(lab, op, sample, 'chosen kernel')));
      for (const x of ins) x?.dispose();
    }
    equalBits(results[1]!, results[0]!, `${op.name}, sample "${sample.name}": ${b.name} against ${a.name}`);
  }
}
