import * as core from '@paperzoo/core';
import type { Op } from '@paperzoo/core';

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;

/** Every op that the core exports. */
export const coreOps: readonly Op[] = (Object.values(core) as unknown[]).filter(isOp);
