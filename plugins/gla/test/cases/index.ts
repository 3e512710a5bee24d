// Every list of cases that a device has to pass, by name: the tests in Node and the page in the browser take them from here.
import type { DeviceCase } from './case';
import { decoding } from './decoding';
import { edges } from './edges';
import { hybrids } from './hybrids';
import { layers } from './layers';
import { longGradients } from './long-gradients';
import { models } from './models';
import { modules } from './modules';
import { ops } from './ops';
import { relatives } from './relatives';
import { training } from './training';

export const suites = {
  ops,
  relatives,
  longGradients,
  modules,
  layers,
  models,
  hybrids,
  edges,
  decoding,
  training,
} as const satisfies Readonly<Record<string, () => DeviceCase[]>>;
export type SuiteName = keyof typeof suites;
