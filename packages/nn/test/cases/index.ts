import type { NnCase } from './env';
import { loopCases } from './loop';
import { lossCases } from './losses';
import { optimCases } from './optim';

/** What every device must do alike. */
export const nnCases: Readonly<Record<string, NnCase>> = { ...lossCases, ...optimCases, ...loopCases };
