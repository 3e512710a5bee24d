import { linear, mul, type Tensor } from '@paperzoo/core';
import { Linear, Module, type Initializer } from '@paperzoo/nn';

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
    // The products apply the activation and the residual on their way out, which saves two passes over the memory.
    const gate = linear(x, this.gate_proj.weight.for(x), undefined, undefined, { activation: 'silu' });
    return linear(mul(gate, this.up_proj(x)), this.down_proj.weight.for(x), undefined, residual);
  }
}
