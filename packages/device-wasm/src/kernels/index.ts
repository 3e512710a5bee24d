import type { Kernel } from '@paperzoo/core';
import { activationGradKernel } from './activation-grad';
import { attentionKernels } from './attention';
import { batchNormKernels } from './batch-norm';
import { binaryKernels } from './binary';
import { castKernels } from './cast';
import { compareKernels } from './compare';
import { convKernels } from './conv';
import { convGradKernels } from './conv-grad';
import { crossEntropyKernels } from './cross-entropy';
import { gatherKernels } from './gather';
import { gemmKernels } from './gemm';
import { moveKernels } from './move';
import { normKernels } from './norm';
import { normGradKernels } from './norm-grad';
import { optimizeKernels } from './optimize';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { softmaxKernels } from './softmax';
import { unaryKernels } from './unary';

/** Every kernel that the device brings for core ops. */
export const wasmKernels: readonly Kernel<number>[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...compareKernels,
  ...castKernels,
  ...reduceKernels,
  ...softmaxKernels,
  ...normKernels,
  ...normGradKernels,
  ...crossEntropyKernels,
  ...batchNormKernels,
  ...optimizeKernels,
  activationGradKernel,
  ...poolKernels,
  ...moveKernels,
  ...gatherKernels,
  ...gemmKernels,
  ...convKernels,
  ...attentionKernels,
  ...convGradKernels,
];
