import type { CompiledGraph, Executor, GraphValue, Tensor, Zoo } from '@paperzoo/core';
import type { TokenGraph } from '../load/token-graphs';
import { generate, type GeneratedToken, type GenerateOptions, type Prompt, type Stepper } from './generate';
import { HeldState } from './held-state';

/** An executor that can leave outputs where it computed them. */
export type TokenExecutor<O extends object = object> = Executor<O & { readonly held?: readonly string[] }>;

/** A language model on an executor. */
export interface CompiledLanguageModel {
  /** As the model's own `generate`. */
  generate(prompt: Prompt, options?: GenerateOptions): AsyncGenerator<GeneratedToken, void, void>;
  dispose(): Promise<void>;
}

type Graph = CompiledGraph<(ids: Tensor, ...past: Tensor[]) => readonly Tensor[]>;

/** Starts both graphs; if the second does not start, the first ends. */
export async function compileModel<O extends object>(
  zoo: Zoo,
  graphs: { readonly prefill: TokenGraph; readonly step: TokenGraph },
  model: Pick<Stepper<HeldState>, 'vocabSize' | 'eosTokenId' | 'tokenizer'>,
  executor: TokenExecutor<O>,
  options: Partial<O>,
): Promise<CompiledLanguageModel> {
  const start = (graph: TokenGraph): Promise<Graph> => {
    const held = graph.outputs!.slice(1);
    return executor.compile(zoo, graph, { ...options, held } as unknown as O & { held: readonly string[] });
  };
  const prefill = await start(graphs.prefill);
  let step: Graph;
  try {
    step = await start(graphs.step);
  } catch (error) {
    await prefill.dispose();
    throw error;
  }
  const call = async (graph: Graph, rows: readonly (readonly number[])[], past: readonly GraphValue[]) => {
    const ids = zoo.tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]!.length] });
    try {
      const [logits, ...state] = await graph.run([ids, ...past]);
      const values = (await logits!.data()) as Float32Array;
      logits!.dispose();
      return { logits: values, state };
    } finally {
      ids.dispose();
    }
  };
  const stepper: Stepper<HeldState> = {
    ...model,
    // The prefill graph begins at the beginning.
    segment: Infinity,
    async prefill(ids) {
      const { logits, state } = await call(prefill, [ids], []);
      return { logits, state: new HeldState(state) };
    },
    async step(ids, state) {
      const after = await call(step, ids.map((id) => [id]), state.values); // prettier-ignore
      state.advance(after.state);
      return after.logits;
    },
    concat: (states) => HeldState.concat(states),
  };
  return {
    generate: (prompt, given = {}) => generate(stepper, prompt, given),
    dispose: async () => {
      await prefill.dispose();
      await step.dispose();
    },
  };
}
