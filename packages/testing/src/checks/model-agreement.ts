import { demand } from '../check';
import { difference } from '../compare';
import type { CardContext } from '../conform-models';
import type { Lab } from '../lab';
import type { Oracle } from '../oracle';
import { listed, loadFresh, modelInputs } from './model-run';

/** The same weights and one image, on the device and in float64. */
export async function checkAgreement(lab: Lab, oracle: Oracle, context: CardContext, tolerance: number): Promise<void> {
  const { name } = context.card;
  const results: (readonly ArrayLike<number>[])[] = [];
  for (const zoo of [await lab.zoo(), await oracle.zoo()]) {
    const model = await loadFresh(zoo, context);
    const inputs = modelInputs(zoo, context.inputs(1), name);
    const outs = listed(model.forward(...inputs));
    results.push(await Promise.all(outs.map((out) => out.data())));
    for (const tensor of [...inputs, ...outs]) tensor.dispose();
    model.dispose();
  }
  results[1]!.forEach((truth, i) => agree(results[0]![i]!, truth, tolerance, `${lab.name}: ${name}: output ${i}`));
}

/** Fails unless every element is within `tolerance` of the truth's largest magnitude. */
export function agree(got: ArrayLike<number>, truth: ArrayLike<number>, tolerance: number, what: string): void {
  const { fault, worst } = difference(got, truth, 'f32');
  demand(fault === undefined, `${what} ${fault}.`, () => worst);
  let largest = 0;
  for (const value of Array.from(truth)) largest = Math.max(largest, Math.abs(value));
  const off = worst ? Math.abs(Number(worst.got) - Number(worst.expected)) : 0;
  demand(
    off <= tolerance * largest,
    `${what} is up to ${off} from float64, with values up to ${largest}; at most ${tolerance} of that is taken.`,
    () => worst,
  );
}
