import * as core from '@paperzoo/core';
import { broadcastOffsets } from '../offsets';
import { cpuKernel } from '../values';

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** y[m, n] = Σₖ a[m, k] · b[k, n] for every pair of matrices; a transposed operand only changes how far apart its elements are. */
const matmul = cpuKernel<Attrs>(core.matmul, ([a, b], y, { transposeA, transposeB }) => {
  const [M, N] = y.shape.slice(-2) as [number, number];
  const K = a!.shape.at(transposeA ? -2 : -1)!;
  const [aRow, aCol] = transposeA ? [1, M] : [K, 1];
  const [bRow, bCol] = transposeB ? [1, K] : [N, 1];
  const lead = y.shape.slice(0, -2);
  const fromA = broadcastOffsets(a!.shape.slice(0, -2), lead);
  const fromB = broadcastOffsets(b!.shape.slice(0, -2), lead);
  const [A, B, Y] = [a!.buffer, b!.buffer, y.buffer];
  for (let batch = 0; batch < fromA.length; batch++) {
    const atA = fromA[batch]! * M * K;
    const atB = fromB[batch]! * K * N;
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += A[atA + m * aRow + k * aCol]! * B[atB + k * bRow + n * bCol]!;
        Y[(batch * M + m) * N + n] = sum;
      }
    }
  }
});

export const matmulKernels = [matmul];
