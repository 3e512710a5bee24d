import { graphCost, type Graph, type ModelCard } from '@paperzoo/core';
import { demand } from '../check';
import type { CheckableModule } from '../conform-models';
import { sizeOf } from '../host';

/** The card's parameters and multiply-adds are those of the module that was built, and of its trace for one input. */
export function checkFigures(card: ModelCard, module: CheckableModule, graph: Graph): void {
  const parameters = [...module.namedParameters().values()].reduce((n, { shape }) => n + sizeOf(shape), 0);
  const say = (what: string, stated: number | undefined, found: number) =>
    demand(stated === undefined || stated === found, `${card.name}: the card says ${stated} ${what} ${found}.`);
  say('parameters, the module has', card.params, parameters);
  say('multiply-adds, a trace counts', card.macs, graphCost(graph).macs);
}
