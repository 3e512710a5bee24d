import type { Kernel } from '@paperzoo/core';
import type { WebgpuHandle } from '../context';
import { attentionKernels } from './attention';
import { batchNormKernels } from './batch-norm';
import { binaryKernels } from './binary';
import { castKernels } from './cast';
import { convKernels } from './conv';
import { convGradKernels } from './conv-grad';
import { gatherKernels } from './gather';
import { matmulKernels } from './matmul';
import { moveKernels } from './move';
import { normKernels } from './norm';
import { padKernels } from './pad';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { trainingKernels } from './training';
import { unaryKernels } from './unary';

/** A kernel for every op that has no composite, and for those composites whose steps cost most. */
export const webgpuKernels: readonly Kernel<WebgpuHandle>[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...castKernels,
  ...moveKernels,
  ...padKernels,
  ...gatherKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...convKernels,
  ...convGradKernels,
  ...poolKernels,
  ...normKernels,
  ...attentionKernels,
  ...batchNormKernels,
  ...trainingKernels,
];
