import type { Kernel } from '@paperzoo/core';
import type { Values } from '../values';
import { binaryKernels } from './binary';
import { castKernels } from './cast';
import { convKernels } from './conv';
import { gatherKernels } from './gather';
import { interpolateKernels } from './interpolate';
import { matmulKernels } from './matmul';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { shapeKernels } from './shape';
import { unaryKernels } from './unary';

/** A kernel for every op that has no composite; the others are composed from these. */
export const cpuKernels: readonly Kernel<Values>[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...castKernels,
  ...reduceKernels,
  ...shapeKernels,
  ...gatherKernels,
  ...matmulKernels,
  ...convKernels,
  ...poolKernels,
  ...interpolateKernels,
];
