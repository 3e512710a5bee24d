import type { Zoo } from '@paperzoo/core';
import { foldConstants } from './fold-constants';
import { foldNorms } from './fold-norms';
import { share } from './share';
import type { SymbolicGraph } from './symbolic-graph';

/** Everything that can be said shorter in the zoo's own ops, before there are ONNX nodes. */
export const simplify = async (zoo: Zoo, graph: SymbolicGraph): Promise<SymbolicGraph> =>
  share(foldNorms(await foldConstants(zoo, share(graph))));
