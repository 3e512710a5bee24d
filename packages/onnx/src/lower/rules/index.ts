import type { OnnxRule } from '../rule';
import { contract } from './contract';
import { elementwise } from './elementwise';
import { reduce } from './reduce';
import { shape } from './shape';

/** How core ops become ONNX nodes, by op name. Every other op goes through its composite. */
export const CORE_RULES: ReadonlyMap<string, OnnxRule> = new Map(
  Object.entries({ ...elementwise, ...shape, ...contract, ...reduce }),
);
