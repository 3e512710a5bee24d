import { exactData, exactTensor } from '@paperzoo/device-cpu';
import {
  add,
  GradError,
  mul,
  resolveAttrs,
  sum,
  type Op,
  type Sample,
  type Spec,
  type Tensor,
  type Tolerance,
  type Zoo,
} from '@paperzoo/core';
import { demand } from '../check';
import { DEFAULT_TOLERANCE, difference, objection } from '../compare';
import { callOp, hostInputs, sizeOf, specsOf, upload } from '../host';
import { figures, same, type Lab } from '../lab';
import type { Oracle } from '../oracle';
import { Random } from '../random';
import type { ErrorReport } from '../report';

/** A gradient is a chain of ops, each of which may be off by its own tolerance. */
const CHAIN = 10;

/**
 * The gradients of an op's samples as the device computes them, against those in float64: kernels that are skipped while a tape records, and those
 * that only a gradient calls, are met here. Whether the formula is right is another check's question.
 */
export async function checkDeviceGradients(lab: Lab, oracle: Oracle, report: ErrorReport, op: Op): Promise<void> {
  const { rel, abs } = op.implementation.tolerance ?? DEFAULT_TOLERANCE;
  const tolerance = { rel: CHAIN * rel, abs: CHAIN * abs };
  for (const sample of op.samples?.() ?? []) await checkSample(lab, oracle, report, op, sample, tolerance);
}

async function checkSample(
  lab: Lab,
  oracle: Oracle,
  report: ErrorReport,
  op: Op,
  sample: Sample,
  tolerance: Tolerance,
): Promise<void> {
  const inputs = hostInputs(op, sample);
  const wanted = inputs.flatMap((x, i) => (x?.dtype === 'f32' && x.values.length > 0 ? [i] : []));
  const shaped = op.shape(specsOf(sample), resolveAttrs(op.name, op.attrs, sample.attrs));
  const outs = Array.isArray(shaped) ? (shaped as readonly Spec[]) : [shaped as Spec];
  if (wanted.length === 0 || !outs.some((out) => out.dtype === 'f32' && sizeOf(out.shape) > 0)) return;
  const random = new Random(`${op.name}/${sample.name}/weights`);
  const weights = outs.map(({ shape }) => Float32Array.from({ length: sizeOf(shape) }, () => random.normal()));

  const truth = await oracle.gradients(op, sample, (exact) => {
    const w = weights.map((values, i) => exactTensor(exact, Float64Array.from(values), outs[i]!.shape));
    return gradients(exact, op, sample, upload(exact, inputs), wanted, w)?.map((grad) => exactData(grad));
  });
  // What has no gradient in float64 has none here: the float64 check says whether that is right.
  if (!truth) return;
  const zoo = await lab.zoo();
  const what = `${lab.name}: gradient of ${op.name}, sample "${sample.name}"`;
  const start = figures(zoo);
  const grads = zoo.scope(() => {
    const w = weights.map((values, i) => zoo.tensor(values, { shape: outs[i]!.shape }));
    return gradients(zoo, op, sample, upload(zoo, inputs), wanted, w)!;
  });
  for (const [k, grad] of grads.entries()) {
    const found = difference(await grad.data(), truth[k]!, 'f32');
    grad.dispose();
    const wrong = objection(found, tolerance);
    demand(
      wrong === undefined,
      () => `${what}: input ${wanted[k]} ${wrong}.`,
      () => found.worst,
    );
    report.add({ device: lab.name, op: op.name, sample: sample.name, way: 'gradient', ...found, tolerance });
  }
  same(figures(zoo), start, what);
}

/** Of Σ outs · weights by each wanted input; undefined where the op has no gradient. */
function gradients(
  zoo: Zoo,
  op: Op,
  sample: Sample,
  ins: readonly (Tensor | undefined)[],
  wanted: readonly number[],
  weights: readonly Tensor[],
): Tensor[] | undefined {
  const point = Object.fromEntries(wanted.map((i) => [i, ins[i]!]));
  const loss = (params: Readonly<Record<string, Tensor>>) => {
    const outs = callOp(op, ins.map((x, i) => params[i] ?? x), sample.attrs); // prettier-ignore
    const terms = outs.flatMap((out, i) => (out.dtype === 'f32' && out.size > 0 ? [sum(mul(out, weights[i]!))] : []));
    return terms.reduce((total, term) => add(total, term));
  };
  try {
    const { grads } = zoo.valueAndGrad(loss, point);
    return wanted.map((i) => grads[i]!);
  } catch (error) {
    if (error instanceof GradError && !op.implementation.vjp) return undefined;
    throw error;
  }
}
