import type { Graph } from '@paperzoo/core';
import type { CardContext } from '../conform-models';
import type { Lab } from '../lab';
import { checkFigures } from './model-figures';
import { listed, loadFresh } from './model-run';
import { checkRoundTrip } from './model-state';

/** What a card says of its module, and the module's state dict; on one loaded model, since drawing weights is what takes time. */
export async function checkModule(lab: Lab, context: CardContext): Promise<void> {
  const { card } = context;
  const zoo = await lab.zoo();
  const model = await loadFresh(zoo, context);
  let graph: Graph | undefined;
  try {
    await checkRoundTrip(card.name, model.module);
    graph = zoo.trace((...inputs) => listed(model.module.forward(...inputs)), context.inputs(1));
    checkFigures(card, model.module, graph);
  } finally {
    model.dispose();
    // Beside the weights, which are gone by now, a graph holds the numbers that the module used; nobody else frees those.
    for (const constant of graph?.constants.values() ?? []) constant.dispose();
  }
}
