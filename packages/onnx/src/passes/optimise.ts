import type { OnnxGraph } from '../model/onnx-graph';
import { foldWeights } from './fold-weights';
import { prune } from './prune';
import { joinReshapes } from './reshapes';
import { joinSlices } from './splits';
import { moveTransposes } from './transposes';

/** Everything that can be said in fewer ONNX nodes. */
export const optimise = (graph: OnnxGraph): OnnxGraph =>
  prune(joinReshapes(joinSlices(foldWeights(moveTransposes(prune(graph))))));
