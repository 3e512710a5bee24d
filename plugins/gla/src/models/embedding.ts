import { indexSelect, reshape, type Tensor } from '@paperzoo/core';
import { Module, Parameter, type Initializer } from '@paperzoo/nn';

/** Rows of a table by index, [B, T] i32 → [B, T, D]. Key: `weight` [rows, D]. */
export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(rows: number, width: number, initWeight: Initializer) {
    super();
    this.weight = new Parameter([rows, width], initWeight);
  }

  forward(ids: Tensor): Tensor {
    const width = this.weight.shape[1]!;
    const found = indexSelect(this.weight.for(ids), reshape(ids, { shape: [ids.size] }), { dim: 0 });
    return reshape(found, { shape: [...ids.shape, width] });
  }
}
