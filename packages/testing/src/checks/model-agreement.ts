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
  results[1]!.forEach((truth, i) => {
    const got = results[0]![i]!;
    const { fault } = difference(got, truth, 'f32');
    demand(fault === undefined, `${lab.name}: ${name}: output ${i} ${fault}.`);
    let [worst, largest] = [0, 0];
    for (let k = 0; k < truth.length; k++) {
      worst = Math.max(worst, Math.abs(got[k]! - truth[k]!));
      largest = Math.max(largest, Math.abs(truth[k]!));
    }
    demand(
      worst <= tolerance * largest,
      `${lab.name}: ${name}: output ${i} is up to ${worst} from float64, with values up to ${largest}; at most ${tolerance} of that is taken.`,
    );
  });
}
