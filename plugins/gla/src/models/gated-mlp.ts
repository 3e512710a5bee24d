import { linear, type Tensor } from '@paperzoo/core';
import { Linear, Module, type Initializer } from '@paperzoo/nn';
import { swiglu } from '../ops/swiglu';

/** (silu(x · gateᵀ) ⊙ x · upᵀ) · downᵀ (+ residual). [B, T, D] → [B, T, D]. Keys: `gate_proj`, `up_proj`, `down_proj`, without biases. */
export class GatedMLP extends Module<[x: Tensor, residual?: Tensor]> {
  readonly gate_proj: Linear;
  readonly up_proj: Linear;
  readonly down_proj: Linear;

  constructor(width: number, inner: number, initWeight: Initializer) {
    super();
    const plain = { bias: false, initWeight };
    this.gate_proj = new Linear(width, inner, plain);
    this.up_proj = new Linear(width, inner, plain);
    this.down_proj = new Linear(inner, width, plain);
  }

  forward(x: Tensor, residual?: Tensor): Tensor {
    const inner = swiglu(this.gate_proj(x), this.up_proj(x));
    // The product adds the residual on its way out, which saves a pass over the memory.
    return linear(inner, this.down_proj.weight.for(x), undefined, residual);
  }
}
