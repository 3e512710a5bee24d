import type { OnnxGraph } from '../model/onnx-graph';
import { foldWeights } from './fold-weights';
import { prune } from './prune';
import { joinSlices } from './splits';
import { moveTransposes } from './transposes';

/** Everything that can be said in fewer ONNX nodes. */
export const optimise = (graph: OnnxGraph): OnnxGraph => prune(joinSlices(foldWeights(moveTransposes(prune(graph)))));
