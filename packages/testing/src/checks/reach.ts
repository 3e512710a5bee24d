import { resolveAttrs, ZooError, type Op, type Sample } from '@paperzoo/core';
import { demand } from '../check';
import { specsOf } from '../host';
import { ways, type Lab } from '../lab';
import { variants } from '../variants';

/** Every kernel of these ops on a device is chosen by some sample, and every condition that a kernel states is seen to say no. */
export async function checkReach(lab: Lab, ops: readonly Op[]): Promise<void> {
  const zoo = await lab.zoo();
  const fits = new Set<string>();
  const declined = new Map<string, Set<string>>();
  for (const op of ops) {
    for (const sample of [...(op.samples?.() ?? []), ...variants(op), ...otherTypes(op)]) {
      const found = ways(zoo, op, sample);
      for (const id of found.fits) fits.add(id);
      for (const [id, reason] of found.declined) declined.set(id, (declined.get(id) ?? new Set()).add(reason));
    }
  }
  const kernels = lab.loaded.filter((kernel) => ops.includes(kernel.op));
  const unreached = kernels.filter((k) => !fits.has(k.id)).map((k) => k.id);
  demand(unreached.length === 0, `${lab.name}: no sample reaches ${unreached.join(', ')}.`);
  const unheard = kernels.filter((k) => k.supports && !declined.has(k.id)).map((k) => k.id);
  demand(
    unheard.length === 0,
    `${lab.name}: no sample is declined by ${unheard.join(', ')}, whose conditions stay untested.`,
  );
  for (const [id, reasons] of declined) {
    const dull = [...reasons].find((reason) => reason.trim().length < 8);
    demand(dull === undefined, `${lab.name}: ${id} declines with "${dull}", which is no sentence.`);
  }
}

/** The first sample in the other dtypes that an op takes: reasons about dtypes are reasons too. */
function otherTypes(op: Op): Sample[] {
  const sample = op.samples?.()[0];
  if (!sample) return [];
  return (['i32', 'u32', 'u8', 'bool'] as const).flatMap((dtype) => {
    const ins = sample.ins.map((x, i) => {
      const slot = op.inputs[i] ?? op.inputs[0]!;
      return x && (slot.dtypes === 'any' || slot.dtypes.includes(dtype)) ? { ...x, dtype } : x;
    });
    const other: Sample = { ...sample, name: `${sample.name} as ${dtype}`, ins };
    return plausible(op, other) ? [other] : [];
  });
}

function plausible(op: Op, sample: Sample): boolean {
  try {
    op.shape(specsOf(sample), resolveAttrs(op.name, op.attrs, sample.attrs));
    return true;
  } catch (error) {
    if (error instanceof ZooError) return false;
    throw error;
  }
}
