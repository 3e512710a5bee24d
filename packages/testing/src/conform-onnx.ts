import type { Op, Plugin, Sample, Spec, Tensor, TypedArray, Zoo } from '@paperzoo/core';
import { demand, type Check } from './check';
import { DEFAULT_TOLERANCE, difference, objection } from './compare';
import { callOp, hostInputs, type HostInput } from './host';
import { Oracle } from './oracle';

export interface ConformOnnxOptions {
  /** The bytes of an ONNX file of `fn`, whose inputs and outputs are called `x0`, `x1`, … and `y0`, `y1`, … */
  write(
    zoo: Zoo,
    fn: (...inputs: Tensor[]) => readonly Tensor[],
    specs: readonly Spec[],
    names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  ): Promise<Uint8Array>;
  /** Runs such a file on a runtime; outputs by name. */
  run(bytes: Uint8Array, inputs: Readonly<Record<string, HostInput>>): Promise<Readonly<Record<string, TypedArray>>>;
  /** Other plugins that the target's composites need. */
  readonly plugins?: readonly Plugin[];
  /** Samples, `op/sample`, that the runtime at hand refuses, with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
}

/**
 * What ops mean survives their export: each sample of a plugin's ops (or of a list), written as an ONNX file and run by a runtime, agrees with the
 * float64 meaning within the op's tolerance. The last check frees what the others used; run it too.
 */
export function conformOnnx(target: Plugin | readonly Op[], options: ConformOnnxOptions): Check[] {
  const plugin = 'core' in target ? target : undefined;
  const ops = plugin ? (plugin.ops ?? []) : (target as readonly Op[]);
  const oracle = new Oracle([...(options.plugins ?? []), ...(plugin ? [plugin] : [])]);
  const checks = ops.flatMap((op) =>
    (op.samples?.() ?? [])
      .filter((sample) => !Object.hasOwn(options.refused ?? {}, `${op.name}/${sample.name}`))
      .map((sample): Check => ({
        name: `onnx · ${op.name} · ${sample.name}`,
        subject: op.name,
        what: sample.name,
        run: () => checkSample(op, sample, oracle, options),
      })),
  );
  return [...checks, { name: 'onnx · end', what: 'end', run: () => oracle.close() }];
}

async function checkSample(op: Op, sample: Sample, oracle: Oracle, options: ConformOnnxOptions): Promise<void> {
  const truth = await oracle.truth(op, sample);
  const inputs = hostInputs(op, sample);
  const present = inputs.filter((input) => input !== undefined);
  const names = { inputs: present.map((_, i) => `x${i}`), outputs: truth.map((_, i) => `y${i}`) };
  const fn = (...tensors: Tensor[]) => {
    let next = 0;
    return callOp(
      op,
      inputs.map((input) => input && tensors[next++]),
      sample.attrs,
    );
  };
  const bytes = await options.write(await oracle.zoo(), fn, present, names);
  const results = await options.run(bytes, Object.fromEntries(present.map((input, i) => [`x${i}`, input])));
  const tolerance = op.implementation.tolerance ?? DEFAULT_TOLERANCE;
  truth.forEach(({ values, dtype }, i) => {
    const wrong = objection(difference(results[`y${i}`]!, values, dtype), tolerance);
    demand(wrong === undefined, () => `onnx: ${op.name}, sample "${sample.name}": output ${i} ${wrong}.`);
  });
}
