import type { Case } from './case';
import { figureCases } from './figures';
import { gemmCases } from './gemm';
import { modelCases } from './models';
import { overheadCase } from './overhead';
import { streamCases } from './stream';

/** Everything that the suite knows to measure, in the order of its tables. */
export const allCases: readonly Case[] = [...modelCases, ...gemmCases, ...streamCases, overheadCase, ...figureCases];
