/** Column of the bias table for each pair of tokens of an R×R window, row-major [N, N]: |Δy| · R + |Δx|. */
export function biasIndex(resolution: number): Int32Array {
  const index = new Int32Array(resolution ** 4);
  let at = 0;
  for (let py = 0; py < resolution; py++) {
    for (let px = 0; px < resolution; px++) {
      for (let qy = 0; qy < resolution; qy++) {
        for (let qx = 0; qx < resolution; qx++) index[at++] = Math.abs(py - qy) * resolution + Math.abs(px - qx);
      }
    }
  }
  return index;
}
