import type { Op } from '@paperzoo/core';
import type { Lab } from '../lab';
import type { Oracle } from '../oracle';
import type { ErrorReport } from '../report';
import { fewVariants } from '../variants';
import { checkReach } from './reach';
import { checkValues } from './values';

/** Kernels that a plugin brings for ops that are not its own are held to those ops' samples like any other. */
export async function checkGuests(
  lab: Lab,
  oracle: Oracle,
  report: ErrorReport,
  own: readonly Op[],
  sizes: number,
): Promise<void> {
  const zoo = await lab.zoo();
  const brought = lab.loaded.filter((kernel) => !zoo.device.kernels.includes(kernel) && !own.includes(kernel.op));
  const ops = [...new Set(brought.map((kernel) => kernel.op))];
  for (const op of ops) {
    for (const sample of [...(op.samples?.() ?? []), ...fewVariants(op, sizes, lab.name)])
      await checkValues(lab, oracle, report, op, sample);
  }
  await checkReach(lab, ops);
}
