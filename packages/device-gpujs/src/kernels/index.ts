import type { Kernel } from '@paperzoo/core';
import type { Slot } from '../slot';
import { alongKernels } from './along';
import { binaryKernels } from './binary';
import { castKernels } from './cast';
import { concatKernels } from './concat';
import { convKernels } from './conv';
import { gatherKernels } from './gather';
import { interpolateKernels } from './interpolate';
import { matmulKernels } from './matmul';
import { padKernels } from './pad';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { shapeKernels } from './shape';
import { unaryKernels } from './unary';

/** A kernel for every op of the core that has no composite, and for those composed ones that models call most. */
export const gpujsKernels = [
  ...unaryKernels,
  ...binaryKernels,
  ...castKernels,
  ...reduceKernels,
  ...alongKernels,
  ...shapeKernels,
  ...padKernels,
  ...concatKernels,
  ...gatherKernels,
  ...matmulKernels,
  ...convKernels,
  ...poolKernels,
  ...interpolateKernels,
] as unknown as readonly Kernel<Slot>[];
