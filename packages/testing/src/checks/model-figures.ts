import { graphCost } from '@paperzoo/core';
import { demand } from '../check';
import type { CardContext } from '../conform-models';
import { sizeOf } from '../host';
import type { Lab } from '../lab';
import { listed, loadFresh } from './model-run';

/** The card's parameters and multiply-adds are those of the module that is built. */
export async function checkFigures(lab: Lab, context: CardContext): Promise<void> {
  const { card } = context;
  const zoo = await lab.zoo();
  const model = await loadFresh(zoo, context);
  try {
    const parameters = [...model.module.namedParameters().values()].reduce((n, { shape }) => n + sizeOf(shape), 0);
    demand(
      card.params === undefined || card.params === parameters,
      `${card.name}: the card says ${card.params} parameters, the module has ${parameters}.`,
    );
    const graph = zoo.trace((...inputs) => listed(model.module.forward(...inputs)), context.inputs(1));
    const { macs } = graphCost(graph);
    // Numbers that the module used stay in the graph; nobody else frees them.
    for (const constant of graph.constants.values()) constant.dispose();
    demand(
      card.macs === undefined || card.macs === macs,
      `${card.name}: the card says ${card.macs} multiply-adds, a trace counts ${macs}.`,
    );
  } finally {
    model.dispose();
  }
}
