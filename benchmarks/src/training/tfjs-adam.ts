import type * as Tf from '@tensorflow/tfjs-core';
import { openTfjs } from '../peers/tfjs';
import { ADAM, type Initials, type Trainer } from './problem';
import { registerGradients } from './tfjs-gradients';

export type Variables = Readonly<Record<string, Tf.Variable>>;
/** What a model is written with. */
export type Tfjs = typeof Tf;

/** A training run of tfjs with its own Adam and its own gradients. */
export async function tfjsTrainer(
  initials: Initials,
  model: (tf: Tfjs, params: Variables) => { loss(): Tf.Scalar; dispose(): void },
): Promise<Trainer> {
  const tf = await openTfjs(1);
  await registerGradients();
  const { lr, beta1, beta2, eps } = ADAM;
  const variables: Variables = Object.fromEntries(
    Object.entries(initials).map(([name, { data, shape }]) => {
      const first = tf.tensor(data, [...shape]);
      const variable = tf.variable(first);
      first.dispose();
      return [name, variable];
    }),
  );
  const { loss, dispose } = model(tf, variables);
  const optimizer = tf.train.adam(lr, beta1, beta2, eps);
  const all = Object.values(variables) as Tf.Variable[];
  return {
    async step() {
      const value = optimizer.minimize(loss, true, all)!;
      const [number] = await value.data();
      value.dispose();
      return number!;
    },
    dispose() {
      optimizer.dispose();
      all.forEach((variable) => variable.dispose());
      dispose();
    },
  };
}

/**
 * x · w with the gradients that a user who knows the back-end would write: its products are fast only when neither side is transposed
 * inside of them, so the transposed copies are made first.
 */
export const fastProduct = (tf: Tfjs) =>
  tf.customGrad((...given: (Tf.Tensor | Tf.GradSaveFunc)[]) => {
    const [x, w, save] = given as [Tf.Tensor2D, Tf.Tensor2D, Tf.GradSaveFunc];
    save([x, w]);
    return {
      value: tf.matMul(x, w),
      gradFunc(dy: Tf.Tensor, saved: Tf.Tensor[]) {
        const [a, b] = saved as [Tf.Tensor2D, Tf.Tensor2D];
        return [tf.matMul(dy, tf.transpose(b)), tf.matMul(tf.transpose(a), dy)];
      },
    };
  }) as unknown as (x: Tf.Tensor, w: Tf.Tensor) => Tf.Tensor;
