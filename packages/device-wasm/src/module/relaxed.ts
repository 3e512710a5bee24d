// (module (func (result v128) (f32x4.relaxed_madd (i8x16.splat (i32.const 0)) … three times)))
const PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
);

/**
 * Whether this engine knows relaxed SIMD: Node from 22 on (20 with `--experimental-wasm-relaxed-simd`), Chromium from 114 on.
 * Asked anew each time, because a flag may be set while a program runs.
 */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(PROBE);
