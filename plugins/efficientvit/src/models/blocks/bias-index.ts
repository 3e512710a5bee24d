/** Column of the bias table for each pair of tokens of an R×R window, row-major [N, N]: |Δy| · R + |Δx|. */
export function biasIndex(resolution: number): Int32Array {
  const tokens = resolution * resolution;
  return Int32Array.from({ length: tokens * tokens }, (_, at) => {
    const [p, q] = [Math.floor(at / tokens), at % tokens];
    const dy = Math.abs(Math.floor(p / resolution) - Math.floor(q / resolution));
    return dy * resolution + Math.abs((p % resolution) - (q % resolution));
  });
}
