import type { DType } from '@paperzoo/core';

/** How element types are called in assembly/cast.ts. */
export const DTYPE_CODES: Readonly<Record<DType, number>> = { f32: 0, i32: 1, u32: 2, u8: 3, bool: 4 };
