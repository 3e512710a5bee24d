import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';
import { broadcastStrides, strided } from '../text/strided';

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Which pair of matrices a batch position means. */
function batches(ins: readonly (core.Spec | undefined)[], out: core.Spec) {
  const lead = out.shape.slice(0, -2);
  const [a, b] = ins.map((x) => ({ strides: broadcastStrides(x!.shape.slice(0, -2), lead) }));
  return strided(lead, { a: a!, b: b! }, 'batch', 'lead');
}

/** y[m, n] = Σₖ a[m, k] · b[k, n]. Sums run over pieces of √K terms, so that rounding grows with √K and not with K. */
const matmul = defineGpuKernel<Attrs>(core.matmul, {
  source: (ins, out) => /* js */ `function (a, b) {
    const row = quotient(this.thread.x, this.constants.N);
    const n = this.thread.x - row * this.constants.N;
    const batch = quotient(row, this.constants.M);
    const m = row - batch * this.constants.M;
    ${batches(ins, out).lines}
    const atA = aAt * this.constants.MK + m * this.constants.aRow;
    const atB = bAt * this.constants.KN + n * this.constants.bColumn;
    let sum = 0;
    for (let piece = 0; piece < this.constants.pieces; piece++) {
      let part = 0;
      for (let j = 0; j < this.constants.length; j++) {
        const k = piece * this.constants.length + j;
        if (k < this.constants.K) {
          part += a[atA + k * this.constants.aColumn] * b[atB + k * this.constants.bRow];
        }
      }
      sum += part;
    }
    return sum;
  }`,
  constants(ins, out, { transposeA, transposeB }) {
    const [M, N] = out.shape.slice(-2) as [number, number];
    const K = ins[0]!.shape.at(transposeA ? -2 : -1)!;
    const [aRow, aColumn] = transposeA ? [1, M] : [K, 1];
    const [bRow, bColumn] = transposeB ? [1, K] : [N, 1];
    const length = Math.max(1, Math.ceil(Math.sqrt(K)));
    const pieces = Math.ceil(K / length);
    const sizes = { M, N, K, MK: M * K, KN: K * N, aRow, aColumn, bRow, bColumn, length, pieces };
    return { ...batches(ins, out).constants, ...sizes };
  },
});

export const matmulKernels = [matmul];
