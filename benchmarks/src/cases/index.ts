import type { Case } from './case';
import { exportCases } from './export';
import { figureCases } from './figures';
import { gemmCases } from './gemm';
import { glaDecodeCases } from './gla-decode';
import { mixingCases } from './linear-attention';
import { modelCases } from './models';
import { overheadCase } from './overhead';
import { streamCases } from './stream';
import { trainingCases } from './training';
import { webgpuCases } from './webgpu';

/** Everything that the suite knows to measure, in the order of its tables. */
export const allCases: readonly Case[] = [
  ...modelCases,
  ...exportCases,
  ...glaDecodeCases,
  ...gemmCases,
  ...streamCases,
  overheadCase,
  ...mixingCases,
  ...trainingCases,
  ...webgpuCases,
  ...figureCases,
];
