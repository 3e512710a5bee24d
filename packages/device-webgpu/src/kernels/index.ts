import type { Kernel } from '@paperzoo/core';
import type { WebgpuHandle } from '../context';
import { activationGradKernel } from './activation-grad';
import { attentionKernels } from './attention';
import { batchNormKernels } from './batch-norm';
import { binaryKernels } from './binary';
import { castKernels } from './cast';
import { clipKernel } from './clip';
import { convKernels } from './conv';
import { convGradKernels } from './conv-grad';
import { gatherKernels } from './gather';
import { lossGradKernel } from './loss-grad';
import { matmulKernels } from './matmul';
import { moveKernels } from './move';
import { normGradKernels } from './norm-grad';
import { normKernels } from './norm';
import { padKernels } from './pad';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { trainingKernels } from './training';
import { unaryKernels } from './unary';

/** A kernel for every op of the core that is no view. */
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
  ...normGradKernels,
  ...batchNormKernels,
  ...trainingKernels,
  activationGradKernel,
  lossGradKernel,
  clipKernel,
];
