import type { numpy } from '@jax-js/jax';
import { openJax } from '../../peers/jax';
import { jaxTrainer, type Arrays } from '../jax-adam';
import type { Trainer } from '../problem';
import { SIZES, type LanguageProblem } from './problem';

type Array = numpy.Array;
const { vocabulary, width, layers, heads, keys, values, chunk, eps, gateDivisor } = SIZES;

/**
 * The model in jax-js: all chunks of all heads in one batched, masked product each, and only the states between chunks one after the other
 * (the paper's chunked form with one pivot, which the gates of a fresh model allow). Functions consume their arguments; `.ref` keeps one.
 */
export async function jaxLanguage({ batch, length, initials, ids }: LanguageProblem): Promise<Trainer> {
  const { numpy: np, nn } = await openJax(1);
  const [rows, chunks] = [batch * length, length / chunk];

  const linear = (x: Array, w: Array) => np.matmul(x, np.matrixTranspose(w));
  const rms = (x: Array, w: Array) => {
    const mean = np.mean(np.square(x.ref), -1, { keepdims: true });
    return x.mul(np.reciprocal(np.sqrt(mean.add(eps)))).mul(w);
  };
  /** [rows, heads · size] → [batch, heads, chunks, chunk, size]. */
  const split = (x: Array, size: number) =>
    np.transpose(x.reshape([batch, chunks, chunk, heads, size]), [0, 3, 1, 2, 4]);

  function mix(q: Array, k: Array, v: Array, g: Array): Array {
    const decay = np.cumsum(g, -2);
    const total = decay.ref.slice([], [], [], [chunk - 1, chunk], []);
    const read = q.mul(np.exp(decay.ref)).mul(keys ** -0.5);
    const near = k.ref.mul(np.exp(np.negative(decay.ref)));
    const far = k.mul(np.exp(total.ref.sub(decay)));
    const scores = np.matmul(read.ref, np.matrixTranspose(near)).mul(np.tril(np.ones([chunk, chunk])));
    const inside = np.matmul(scores, v.ref);
    const written = np.matmul(np.matrixTranspose(far), v);
    const kept = np.matrixTranspose(np.exp(total));
    const before = [np.zeros([batch, heads, 1, keys, values])];
    for (let n = 0; n + 1 < chunks; n++) {
      const at = (x: Array) => x.ref.slice([], [], [n, n + 1], [], []);
      before.push(before[n]!.ref.mul(at(kept)).add(at(written)));
    }
    kept.dispose();
    written.dispose();
    return inside.add(np.matmul(read, np.concatenate(before, 2)));
  }

  function attention(x: Array, weight: (name: string) => Array): Array {
    const q = split(linear(x.ref, weight('q_proj.weight')), keys);
    const k = split(linear(x.ref, weight('k_proj.weight')), keys);
    const v = split(linear(x.ref, weight('v_proj.weight')), values);
    const low = linear(x.ref, weight('gk_proj.0.weight'));
    const z = linear(low, weight('gk_proj.1.weight')).add(weight('gk_proj.1.bias'));
    const g = split(nn.logSigmoid(z).mul(1 / gateDivisor), keys);
    const o = np.transpose(mix(q, k, v, g), [0, 2, 3, 1, 4]).reshape([rows, heads, values]);
    const gate = linear(x, weight('g_proj.weight')).reshape([rows, heads, values]);
    const y = rms(o, weight('g_norm_swish_gate.weight')).mul(nn.silu(gate));
    return linear(y.reshape([rows, width]), weight('o_proj.weight'));
  }

  function mlp(x: Array, weight: (name: string) => Array): Array {
    const inner = nn.silu(linear(x.ref, weight('gate_proj.weight'))).mul(linear(x, weight('up_proj.weight')));
    return linear(inner, weight('down_proj.weight'));
  }

  function loss(params: Arrays, { tokens }: Arrays): Array {
    const hot = nn.oneHot(tokens!, vocabulary).reshape([rows, vocabulary]);
    let h = np.matmul(hot.ref, params['model.embeddings.weight']!);
    for (let i = 0; i < layers; i++) {
      const of = (part: string) => (name: string) => params[`model.layers.${i}.${part}${name}`]!;
      h = h.ref.add(attention(rms(h, of('')('attn_norm.weight')), of('attn.')));
      h = h.ref.add(mlp(rms(h, of('')('mlp_norm.weight')), of('mlp.')));
    }
    const logits = linear(rms(h, params['model.norm.weight']!), params['lm_head.weight']!);
    const rowsOf = (x: Array, from: number, to: number) =>
      x.reshape([batch, length, vocabulary]).slice([], [from, to], []);
    const hits = nn.logSoftmax(rowsOf(logits, 0, length - 1), -1).mul(rowsOf(hot, 1, length));
    return np.negative(np.sum(hits)).mul(1 / (batch * (length - 1)));
  }

  return jaxTrainer(initials, { tokens: np.array(ids).reshape([batch, length]) }, loss);
}
