import { attention, type Tensor } from '@paperzoo/core';
import { LayerNorm, Linear, Module } from '@paperzoo/nn';

/** Multi-head self-attention on [S, N, D]. Keys `qkv` (rows: queries, keys, values, each head by head), `proj`. */
export class SelfAttention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;

  constructor(
    dim: number,
    readonly heads: number,
  ) {
    super();
    this.qkv = new Linear(dim, 3 * dim);
    this.proj = new Linear(dim, dim);
  }

  forward(x: Tensor): Tensor {
    const [sequences, length, dim] = x.shape as readonly [number, number, number];
    const split = this.qkv(x)
      .reshape([sequences, length, 3, this.heads, dim / this.heads])
      .permute([2, 0, 3, 1, 4]);
    const part = (i: number) => split.slice(0, i, i + 1).reshape(split.shape.slice(1));
    const mixed = attention(part(0), part(1), part(2));
    return this.proj(mixed.permute([0, 2, 1, 3]).reshape(x.shape));
  }
}

/** Two linear layers with SiLU between. Keys `fc1`, `fc2`. */
export class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(dim: number, hidden: number) {
    super();
    this.fc1 = new Linear(dim, hidden);
    this.fc2 = new Linear(hidden, dim);
  }

  forward(x: Tensor): Tensor {
    return this.fc2(this.fc1(x).silu());
  }
}

/** A pre-norm transformer layer on [S, N, D]. Keys `norm1`, `attn`, `norm2`, `mlp`. */
export class TransformerLayer extends Module {
  readonly norm1: LayerNorm;
  readonly attn: SelfAttention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;

  constructor(dim: number, heads: number, mlpRatio: number) {
    super();
    this.norm1 = new LayerNorm(dim);
    this.attn = new SelfAttention(dim, heads);
    this.norm2 = new LayerNorm(dim);
    this.mlp = new Mlp(dim, dim * mlpRatio);
  }

  forward(x: Tensor): Tensor {
    const y = x.add(this.attn(this.norm1(x)));
    return y.add(this.mlp(this.norm2(y)));
  }
}
