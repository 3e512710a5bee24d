import type { numpy, JsTree } from '@jax-js/jax';
import { openJax } from '../peers/jax';
import { ADAM, type Initials, type Trainer } from './problem';

type Vector = Float32Array<ArrayBuffer>;
export type Arrays = Record<string, numpy.Array>;
/** Loss of parameters and a batch; it consumes both, as functions of jax-js do. */
export type JaxLoss = (params: Arrays, batch: Arrays) => numpy.Array;

/** A training run of jax-js: loss, gradients and Adam are one function under `jit`, so that it fuses what it can. */
export async function jaxTrainer(initials: Initials, batch: Arrays, loss: JaxLoss): Promise<Trainer> {
  const { numpy: np, jit, valueAndGrad, tree, blockUntilReady } = await openJax(1);
  const { lr, beta1, beta2, eps } = ADAM;
  const step = jit((p: Arrays, m: Arrays, v: Arrays, given: Arrays, c1: numpy.Array, c2: numpy.Array) => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(p), given) as [numpy.Array, Arrays];
    const next: { p: Arrays; m: Arrays; v: Arrays } = { p: {}, m: {}, v: {} };
    for (const name of Object.keys(p)) {
      const g = grads[name]!;
      const mean = m[name]!.mul(beta1).add(g.ref.mul(1 - beta1));
      const square = v[name]!.mul(beta2).add(np.square(g).mul(1 - beta2));
      const root = np.sqrt(square.ref.mul(c2.ref)).add(eps);
      next.p[name] = p[name]!.sub(mean.ref.mul(c1.ref).div(root).mul(lr));
      next.m[name] = mean;
      next.v[name] = square;
    }
    c1.dispose();
    c2.dispose();
    return [value, next.p, next.m, next.v] as [numpy.Array, Arrays, Arrays, Arrays];
  });
  const from = (make: (name: string) => numpy.Array) =>
    Object.fromEntries(Object.keys(initials).map((name) => [name, make(name)]));
  let p = from((name) => np.array(initials[name]!.data as Vector).reshape([...initials[name]!.shape]));
  let m = from((name) => np.zeros([...initials[name]!.shape]));
  let v = from((name) => np.zeros([...initials[name]!.shape]));
  let count = 0;
  return {
    async step() {
      count++;
      const [c1, c2] = [np.array(1 / (1 - beta1 ** count)), np.array(1 / (1 - beta2 ** count))];
      const [value, ...next] = step(p, m, v, tree.ref(batch), c1, c2);
      [p, m, v] = next as [Arrays, Arrays, Arrays];
      await blockUntilReady([p, m, v] as JsTree<numpy.Array>);
      return (await value.data())[0]!;
    },
    dispose() {
      for (const all of [p, m, v, batch]) tree.dispose(all);
      step.dispose();
    },
  };
}
