import { cast, type DType } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import { wgslFunction, type WgslFunction } from '../wgsl/functions';
import { isNan } from '../wgsl/special';
import { runPointwise } from './pointwise';

/** Towards zero and saturating; not-a-number has no integer and gives 0. */
const toI32 = wgslFunction(
  `
fn toI32(x: f32) -> i32 {
  if (isNan(x)) { return 0; }
  if (x >= 2147483648.0) { return 2147483647; }
  if (x <= -2147483648.0) { return -2147483647 - 1; }
  return i32(x);
}`,
  isNan,
);
const toU32 = wgslFunction(
  `
fn toU32(x: f32) -> u32 {
  if (isNan(x) || x <= 0.0) { return 0u; }
  if (x >= 4294967296.0) { return 4294967295u; }
  return u32(x);
}`,
  isNan,
);

type From = 'f32' | 'i32' | 'u32';
const RULES: Readonly<Record<From, Readonly<Record<DType, readonly [code: string, ...uses: WgslFunction[]]>>>> = {
  f32: {
    f32: ['a'],
    i32: ['toI32(a)', toI32],
    u32: ['toU32(a)', toU32],
    u8: ['min(toU32(a), 255u)', toU32],
    bool: ['u32(a != 0.0 || isNan(a))', isNan],
  },
  i32: {
    f32: ['f32(a)'],
    i32: ['a'],
    u32: ['u32(max(a, 0))'],
    u8: ['u32(clamp(a, 0, 255))'],
    bool: ['u32(a != 0)'],
  },
  u32: {
    f32: ['f32(a)'],
    i32: ['i32(min(a, 2147483647u))'],
    u32: ['a'],
    u8: ['min(a, 255u)'],
    bool: ['u32(a != 0u)'],
  },
};

export const castKernels = [
  webgpuKernel(cast, {
    dtypes: 'any',
    run(ctx, [x], [y]) {
      const from = x!.dtype === 'f32' || x!.dtype === 'i32' ? x!.dtype : 'u32';
      const [code, ...uses] = RULES[from][y!.dtype];
      runPointwise(ctx, { name: `cast to ${y!.dtype}`, code, uses }, [x!], y!);
    },
  }),
];
