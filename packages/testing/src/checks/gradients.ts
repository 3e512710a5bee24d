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
  type Zoo,
} from '@paperzoo/core';
import { demand } from '../check';
import { callOp, hostInputs, sizeOf, specsOf, upload, type HostInput } from '../host';
import type { Oracle } from '../oracle';
import { Random } from '../random';

/** Central differences in float64: at this step truncation and rounding are both near 1e-10. */
const STEP = 1e-5;
const FIRST = 1e-6;
const SECOND = 1e-5;
/** Numbers beside tensors, such as the 1/6 of a composite, are rounded to float32 on every device. */
const COMPOSITE = 2e-7;
/** Elements of an input that are varied, one by one. */
const PROBES = 12;
const SECOND_PROBES = 3;
/** A second derivative costs some fifty calls; beyond so many flops it is left to the op's smaller samples. */
const SECOND_FLOPS = 1e5;
const MOST_ELEMENTS = 5000;

/** Rounding of doubles beside the output weights, which are of order 1. */
const FLOOR = 1e-14;

type Params = Record<string, Tensor>;
type Loss = (params: Params) => Tensor;
type Call = (ins: readonly (Tensor | undefined)[]) => readonly Tensor[];

/**
 * An op's gradient on the float64 device: against central differences; against the gradient of its composite; each input alone against
 * all together; and, on the first sample and every small one, differentiated once more. Returns false where an op has no gradient, which it must say by a `GradError`.
 */
export async function checkGradient(oracle: Oracle, op: Op, sample: Sample): Promise<boolean> {
  const inputs = hostInputs(op, sample);
  const wanted = inputs.flatMap((x, i) => (x?.dtype === 'f32' && x.values.length > 0 ? [i] : []));
  const attrs = resolveAttrs(op.name, op.attrs, sample.attrs);
  const shaped = op.shape(specsOf(sample), attrs);
  const outs = Array.isArray(shaped) ? (shaped as readonly Spec[]) : [shaped as Spec];
  const smooth = outs.some((out) => out.dtype === 'f32' && sizeOf(out.shape) > 0);
  if (!smooth || wanted.length === 0 || inputs.some((x) => x && x.values.length > MOST_ELEMENTS)) return true;
  const zoo = await oracle.zoo();
  return zoo.scope(() => check(zoo, op, sample, attrs, inputs, wanted, outs));
}

function check(
  zoo: Zoo,
  op: Op,
  sample: Sample,
  attrs: object,
  inputs: readonly (HostInput | undefined)[],
  wanted: readonly number[],
  outs: readonly Spec[],
): boolean {
  const what = `gradient of ${op.name}, sample "${sample.name}"`;
  const random = new Random(`${op.name}/${sample.name}/weights`);
  const normals = (size: number) => Float64Array.from({ length: size }, () => random.normal());
  const weights = outs.map((out) => exactTensor(zoo, normals(sizeOf(out.shape)), out.shape));
  const ins = upload(zoo, inputs);
  const lossOf =
    (call: Call): Loss =>
    (params) =>
      weighted(call(ins.map((x, i) => params[i] ?? x)), weights);
  const loss = lossOf((x) => callOp(op, x, sample.attrs));
  const at = (which: readonly number[]) => Object.fromEntries(which.map((i) => [i, ins[i]!]));
  let grads: Params;
  try {
    grads = zoo.valueAndGrad(loss, at(wanted)).grads;
  } catch (error) {
    if (error instanceof GradError && !op.implementation.vjp) return false;
    throw error;
  }
  for (const i of wanted) {
    const [has, needs] = [grads[i]!.shape, ins[i]!.shape].map(String);
    demand(has === needs, `${what}: input ${i} has shape [${needs}], its gradient [${has}].`);
  }
  differences(zoo, loss, at(wanted), grads, PROBES, FIRST, `${what} against central differences`);
  const { composite, vjp } = op.implementation;
  if (composite && vjp) {
    const through = lossOf((x) => [composite(x, attrs)].flat() as Tensor[]);
    close(zoo.valueAndGrad(through, at(wanted)).grads, grads, COMPOSITE, `${what} against its composite’s`);
  }
  for (const i of wanted) close(zoo.valueAndGrad(loss, at([i])).grads, grads, 1e-12, `${what}, input ${i} alone`);
  if (op.samples?.()[0]?.name !== sample.name && (op.cost?.(ins, outs, attrs).flops ?? 0) > SECOND_FLOPS) return true;
  // The gradient is written in ops, so it has a gradient: of a weighted sum of its elements.
  const directions = Object.fromEntries(wanted.map((i) => [i, exactTensor(zoo, normals(ins[i]!.size), ins[i]!.shape)]));
  const slope: Loss = (params) => {
    const inner = zoo.valueAndGrad(loss, params).grads;
    return weighted(Object.values(inner), Object.keys(inner).map((i) => directions[i]!)); // prettier-ignore
  };
  const second = zoo.valueAndGrad(slope, at(wanted)).grads;
  differences(zoo, slope, at(wanted), second, SECOND_PROBES, SECOND, `second ${what} against central differences`);
  return true;
}

/** Σ outs · weights, over everything that has a gradient. */
function weighted(outs: readonly Tensor[], weights: readonly Tensor[]): Tensor {
  const terms = outs.flatMap((out, i) => (out.dtype === 'f32' && out.size > 0 ? [sum(mul(out, weights[i]!))] : []));
  return terms.reduce((total, term) => add(total, term));
}

function differences(
  zoo: Zoo,
  loss: Loss,
  point: Params,
  grads: Params,
  probes: number,
  tolerance: number,
  what: string,
): void {
  const size = Math.abs(exactData(zoo.scope(() => loss(point)))[0]!);
  for (const [key, x] of Object.entries(point)) {
    const values = exactData(x);
    const analytic = exactData(grads[key]!);
    const scale = analytic.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const random = new Random(`${what}/${key}`);
    const picked = new Set(Array.from({ length: probes }, () => random.below(values.length)));
    for (const k of picked) {
      // An infinite number has no neighbours to differ from.
      if (!Number.isFinite(values[k]!)) continue;
      const step = STEP * Math.max(1, Math.abs(values[k]!) / 1e3);
      const value = (shift: number) =>
        zoo.scope(() => {
          const moved = Float64Array.from(values);
          moved[k]! += shift;
          return exactData(loss({ ...point, [key]: exactTensor(zoo, moved, x.shape) }))[0]!;
        });
      const numeric = (value(step) - value(-step)) / (2 * step);
      const allowed = tolerance * Math.max(scale, Math.abs(numeric)) + (1e-9 * size) / step / 1e5;
      demand(
        Math.abs(numeric - analytic[k]!) <= allowed,
        () => `${what}: input ${key}, position ${k} is ${analytic[k]}, differences give ${numeric}.`,
        () => ({ expected: numeric, got: analytic[k] }),
      );
    }
  }
}

/** Every gradient of `got` near the one of the same name in `wanted`. */
function close(got: Params, wanted: Params, tolerance: number, what: string): void {
  for (const [key, grad] of Object.entries(got)) {
    const [a, b] = [exactData(grad), exactData(wanted[key]!)];
    const scale = b.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const k = a.findIndex((g, i) => !(Math.abs(g - b[i]!) <= tolerance * scale + FLOOR) && !Object.is(g, b[i]));
    demand(
      k < 0,
      () => `${what}: input ${key}, position ${k} is ${a[k]} instead of ${b[k]}.`,
      () => ({ expected: b[k], got: a[k] }),
    );
  }
}
