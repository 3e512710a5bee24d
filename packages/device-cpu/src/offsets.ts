/** Distance in elements between neighbours along each axis of a contiguous row-major array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** `start + Σ index·stride` for every index of `shape`, in row-major order. */
export function offsets(shape: readonly number[], strides: readonly number[], start = 0): Float64Array {
  let result = Float64Array.of(start);
  shape.forEach((n, axis) => {
    const next = new Float64Array(result.length * n);
    for (let i = 0; i < result.length; i++) {
      for (let k = 0; k < n; k++) next[i * n + k] = result[i]! + k * strides[axis]!;
    }
    result = next;
  });
  return result;
}

/** Where each element of a broadcast result comes from in an input of shape `from`. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): Float64Array {
  const lead = to.length - from.length;
  const strides = stridesOf(from);
  return offsets(
    to,
    to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!)),
  );
}
