import type * as Tf from '@tensorflow/tfjs-core';
import type { Initials, Trainer } from '../problem';
import { fastProduct, tfjsTrainer, type Tfjs, type Variables } from '../tfjs-adam';
import { SIZES, type LanguageProblem } from './problem';

type Tensor = Tf.Tensor;
const { vocabulary, width, layers, heads, keys, values, chunk, eps, gateDivisor } = SIZES;

/** Matrices as tfjs keeps them, [in, out]: our linear layers hold [out, in]. */
const turned = (initials: Initials): Initials =>
  Object.fromEntries(
    Object.entries(initials).map(([name, { shape, data }]) => {
      const [rows, columns] = shape;
      if (columns === undefined || name.includes('embeddings')) return [name, { shape, data }];
      const turned = data.map((_, i) => data[(i % rows!) * columns + Math.floor(i / rows!)]!);
      return [name, { shape: [columns, rows!], data: turned }];
    }),
  );

/** The model in tfjs: as in jax-js, with `fastProduct` for everything that is no batch of small products. */
export const tfjsLanguage = ({ batch, length, initials, ids }: LanguageProblem): Promise<Trainer> =>
  tfjsTrainer(turned(initials), (tf, params) => {
    const tokens = tf.tensor1d(ids, 'int32');
    const lower = Float32Array.from({ length: chunk * chunk }, (_, i) => Number(i % chunk <= Math.floor(i / chunk)));
    const triangle = tf.tensor2d(lower, [chunk, chunk]);
    const loss = () => languageLoss(tf, params, { batch, length }, tokens, triangle);
    return { loss, dispose: () => tf.dispose([tokens, triangle]) };
  });

function languageLoss(
  tf: Tfjs,
  params: Variables,
  { batch, length }: Pick<LanguageProblem, 'batch' | 'length'>,
  tokens: Tensor,
  triangle: Tensor,
): Tf.Scalar {
  const [rows, chunks] = [batch * length, length / chunk];
  const linear = fastProduct(tf);
  const rms = (x: Tensor, w: Tensor) => {
    const mean = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(mean, eps))), w);
  };
  const silu = (x: Tensor) => tf.mul(x, tf.sigmoid(x));
  /** [rows, heads · size] → [batch · heads, chunks, chunk, size]. */
  const split = (x: Tensor, size: number) =>
    tf.reshape(tf.transpose(tf.reshape(x, [batch, chunks, chunk, heads, size]), [0, 3, 1, 2, 4]), [
      -1,
      chunks,
      chunk,
      size,
    ]);

  function mix(q: Tensor, k: Tensor, v: Tensor, g: Tensor): Tensor {
    // The gradient of tfjs' cumsum is of the wrong shape unless the axis is the last one.
    const sums = tf.broadcastTo(triangle, [batch * heads, chunks, chunk, chunk]);
    const decay = tf.matMul(sums, g);
    const total = tf.slice(decay, [0, 0, chunk - 1, 0], [-1, -1, 1, -1]);
    const read = tf.mul(tf.mul(q, tf.exp(decay)), keys ** -0.5);
    const near = tf.mul(k, tf.exp(tf.neg(decay)));
    const far = tf.mul(k, tf.exp(tf.sub(total, decay)));
    const inside = tf.matMul(tf.mul(tf.matMul(read, near, false, true), triangle), v);
    const written = tf.matMul(far, v, true, false);
    const kept = tf.transpose(tf.exp(total), [0, 1, 3, 2]);
    const before: Tensor[] = [tf.zeros([batch * heads, 1, keys, values])];
    for (let n = 0; n + 1 < chunks; n++) {
      const at = (x: Tensor) => tf.slice(x, [0, n, 0, 0], [-1, 1, -1, -1]);
      before.push(tf.add(tf.mul(before[n]!, at(kept)), at(written)));
    }
    return tf.add(inside, tf.matMul(read, tf.concat(before, 1)));
  }

  function attention(x: Tensor, weight: (name: string) => Tensor): Tensor {
    const q = split(linear(x, weight('q_proj.weight')), keys);
    const k = split(linear(x, weight('k_proj.weight')), keys);
    const v = split(linear(x, weight('v_proj.weight')), values);
    const low = linear(x, weight('gk_proj.0.weight'));
    const z = tf.add(linear(low, weight('gk_proj.1.weight')), weight('gk_proj.1.bias'));
    // Not tf.logSigmoid: its gradient reads a tensor that is disposed by then.
    const g = split(tf.mul(tf.neg(tf.softplus(tf.neg(z))), 1 / gateDivisor), keys);
    const mixed = tf.reshape(mix(q, k, v, g), [batch, heads, chunks, chunk, values]);
    const o = tf.reshape(tf.transpose(mixed, [0, 2, 3, 1, 4]), [rows, heads, values]);
    const gate = tf.reshape(linear(x, weight('g_proj.weight')), [rows, heads, values]);
    const y = tf.mul(rms(o, weight('g_norm_swish_gate.weight')), silu(gate));
    return linear(tf.reshape(y, [rows, width]), weight('o_proj.weight'));
  }

  function mlp(x: Tensor, weight: (name: string) => Tensor): Tensor {
    const inner = tf.mul(silu(linear(x, weight('gate_proj.weight'))), linear(x, weight('up_proj.weight')));
    return linear(inner, weight('down_proj.weight'));
  }

  const hot = tf.reshape(tf.cast(tf.oneHot(tokens as Tf.Tensor1D, vocabulary), 'float32'), [rows, vocabulary]);
  let h = linear(hot, params['model.embeddings.weight']!);
  for (let i = 0; i < layers; i++) {
    const of = (part: string) => (name: string) => params[`model.layers.${i}.${part}${name}`]!;
    h = tf.add(h, attention(rms(h, of('')('attn_norm.weight')), of('attn.')));
    h = tf.add(h, mlp(rms(h, of('')('mlp_norm.weight')), of('mlp.')));
  }
  const logits = linear(rms(h, params['model.norm.weight']!), params['lm_head.weight']!);
  const rowsOf = (x: Tensor, from: number) =>
    tf.slice(tf.reshape(x, [batch, length, vocabulary]), [0, from, 0], [batch, length - 1, vocabulary]);
  const hits = tf.mul(tf.logSoftmax(rowsOf(logits, 0), -1), rowsOf(hot, 1));
  return tf.mul(tf.neg(tf.sum(hits)), 1 / (batch * (length - 1)));
}
