import type { Rule } from '../rule';
import { contract } from './contract';
import { elementwise } from './elementwise';
import { reduce } from './reduce';
import { shape } from './shape';

/** How core ops become ONNX nodes, by op name. Every other op goes through its composite. */
export const rules: Readonly<Record<string, Rule>> = Object.assign(
  Object.create(null) as Record<string, Rule>,
  elementwise,
  shape,
  contract,
  reduce,
);
