import { noise } from './noise';

const OCTAVES = [1, 2, 4, 8, 16, 32];

/**
 * Prepared images [batch, 3, side, side] with a photograph's statistics: shapes of all sizes, the larger the stronger, nearly the same in all
 * three colours. (White noise takes a network to where rounding errors grow ten-thousandfold, and nobody's answers agree.)
 */
export function picture(batch: number, side: number): Float32Array {
  const data = new Float32Array(batch * 3 * side * side);
  for (let b = 0; b < batch; b++) {
    const phase = noise(OCTAVES.length * 4, 11 + b, Math.PI);
    const tint = noise(3, 101 + b, 0.4);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        let value = 0;
        OCTAVES.forEach((n, k) => {
          const [px, py, qx, qy] = phase.subarray(4 * k, 4 * k + 4) as unknown as [number, number, number, number];
          const [u, v] = [(Math.PI * n * x) / side, (Math.PI * n * y) / side];
          value +=
            (Math.sin(u + px) * Math.sin(v + py) + Math.sin(u + v + qx) * Math.sin(u - v + qy)) / Math.sqrt(n) / 2;
        });
        for (let c = 0; c < 3; c++) data[((b * 3 + c) * side + y) * side + x] = value * (1 + tint[c]! / 4) + tint[c]!;
      }
    }
  }
  return data;
}
