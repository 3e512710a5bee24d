import type { TypedArray, Zoo } from '@paperzoo/core';
import { demand } from '../check';
import type { CardContext, CheckableModel } from '../conform-models';
import { figures, same, type Lab } from '../lab';
import { listed, loadFresh, modelInputs } from './model-run';
import { equalBits } from './values';

/** Two images and one, twice: shapes, finite and equal answers, nothing left behind. */
export async function checkForward(lab: Lab, context: CardContext): Promise<void> {
  const zoo = await lab.zoo();
  const what = `${lab.name}: ${context.card.name}`;
  const start = figures(zoo);
  const model = await loadFresh(zoo, context);
  try {
    const two = await answer(zoo, model, context, 2);
    const steady = figures(zoo);
    equalBits(await answer(zoo, model, context, 2), two, `${what}: a second call`);
    same(figures(zoo), steady, `${what}: a second call`);
    const one = await answer(zoo, model, context, 1);
    one.forEach((values, i) => {
      const both: ArrayLike<number> = two[i]!.subarray(0, values.length);
      const scale = Array.from(both).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      const far = values.findIndex((v, k) => Math.abs(v - both[k]!) > 1e-4 * scale);
      demand(
        far < 0,
        () => `${what}: output ${i} of an image alone is ${values[far]} at ${far}, in a batch ${both[far]}.`,
      );
    });
  } finally {
    model.dispose();
    model.dispose();
  }
  same(figures(zoo), start, `${what} after dispose`);
}

async function answer(zoo: Zoo, model: CheckableModel, context: CardContext, batch: number): Promise<TypedArray[]> {
  const { name } = context.card;
  const inputs = modelInputs(zoo, context.inputs(batch), name);
  const outs = listed(model.forward(...inputs));
  const found: TypedArray[] = [];
  for (const [i, out] of outs.entries()) {
    const wanted = context.outputs(batch)[i];
    demand(
      String(out.shape) === String(wanted),
      `${name}: output ${i} is [${String(out.shape)}], expected [${String(wanted)}].`,
    );
    const values = await out.data();
    const bad = values.findIndex((v) => !Number.isFinite(v));
    demand(bad < 0, `${name}: output ${i} is ${values[bad]} at position ${bad}.`);
    found.push(values);
    out.dispose();
  }
  for (const x of inputs) x.dispose();
  return found;
}
