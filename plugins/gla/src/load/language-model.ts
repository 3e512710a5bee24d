import { AttrError, DisposedError, ModelError, type Model, type Tensor, type Zoo } from '@paperzoo/core';
import type { HostTensor } from '@paperzoo/nn';
import { compileModel, type CompiledLanguageModel, type TokenExecutor } from '../generate/compiled';
import { generate, type GeneratedToken, type GenerateOptions, type Prompt } from '../generate/generate';
import type { TextTokenizer } from '../generate/tokenizer';
import type { GLAForCausalLM } from '../models/gla-for-causal-lm';
import { GLAState } from '../models/gla-state';
import type { AttentionMask } from '../models/packing';
import { tokenGraphs, type TokenGraph } from './token-graphs';

/** Token ids of one sequence, or of several of the same length. */
export type TokenIds = readonly number[] | readonly (readonly number[])[];

export interface ReadOptions {
  /** Which tokens count, for padded batches. */
  readonly attentionMask?: AttentionMask;
}

export interface LanguageModelParts {
  readonly name: string;
  readonly zoo: Zoo;
  readonly module: GLAForCausalLM;
  readonly tokenizer: () => Promise<TextTokenizer>;
}

/** A loaded GLA language model: text or token ids in, logits or more text out. */
export class GLALanguageModel implements Model {
  readonly name: string;
  readonly zoo: Zoo;
  readonly config: Readonly<Record<string, unknown>>;
  private disposed = false;
  private known: Promise<TextTokenizer> | undefined;

  constructor(private readonly parts: LanguageModelParts) {
    this.name = parts.name;
    this.zoo = parts.zoo;
    this.config = Object.freeze({ ...parts.module.config });
  }

  /** The module with upstream's keys, for training and for states of its own. */
  get module(): GLAForCausalLM {
    return this.parts.module;
  }

  /** What generating text is made of, as graphs: `prefill` for any number of tokens, and `step`. `zoo.compile` and exporters take them. */
  graphs(): { readonly prefill: TokenGraph; readonly step: TokenGraph } {
    return tokenGraphs(this.module);
  }

  /** Logits of every token [B, T, vocabulary]. The caller disposes the result. */
  forward(ids: TokenIds, { attentionMask }: ReadOptions = {}): Tensor {
    const rows = this.checked(ids);
    return this.zoo.scope(() => this.module(this.upload(rows), { attentionMask }).logits);
  }

  /**
   * Reads tokens in one pass: logits of the last token of each row [B, vocabulary] and the state behind it. A state that is given goes on from
   * where it stands and is returned. The caller disposes both.
   * @throws ModelError when the state has another number of layers or rows
   */
  prefill(
    ids: TokenIds,
    { attentionMask, state }: ReadOptions & { readonly state?: GLAState | undefined } = {},
  ): { logits: Tensor; state: GLAState } {
    const rows = this.checked(ids);
    const [B, T] = [rows.length, rows[0]?.length ?? 0];
    if (B === 0 || T === 0) throw new AttrError('prefill needs at least one token.', { argument: 'ids', got: [B, T] });
    if (state) this.checkState(state, B);
    const { logits, states } = this.zoo.scope(() => {
      const out = this.module(this.upload(rows), { attentionMask, states: state?.layers, logits: 'last' });
      return { logits: out.logits.reshape([B, this.module.config.vocabSize]), states: out.states };
    });
    const counts = rows.map((_, b) =>
      attentionMask ? attentionMask[b]!.slice(-T).reduce((sum, value) => sum + value, 0) : T,
    );
    if (state) state.advance(states, counts);
    return { logits, state: state ?? new GLAState(states, counts) };
  }

  /** One further token per row: logits [B, vocabulary]. The state goes on; the time does not depend on how many tokens it has seen. */
  step(ids: readonly number[], state: GLAState): Tensor {
    return this.prefill(
      ids.map((id) => [id]),
      { state },
    ).logits;
  }

  /**
   * Goes on with a prompt, token by token: `for await (const { text } of model.generate('Call me')) …`. A list of prompts runs as one batch,
   * whose tokens carry the row's index. Leaving the loop frees everything.
   * @throws AttrError for options that cannot be meant; HubError when text needs a tokenizer that is not there; AbortError
   */
  generate(prompt: Prompt, options: GenerateOptions = {}): AsyncGenerator<GeneratedToken, void, void> {
    this.refuseDisposed();
    const take = async (logits: Tensor): Promise<Float32Array> => {
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      return values;
    };
    const { vocabSize, eosTokenId } = this.module.config;
    return generate<GLAState>(
      {
        vocabSize,
        eosTokenId,
        tokenizer: () => this.tokenizer(),
        prefill: async (ids, given) => {
          const { logits, state } = this.prefill(ids, given);
          return { logits: await take(logits), state };
        },
        step: async (ids, state) => take(this.step(ids, state)),
        concat: (states) => GLAState.concat(states),
      },
      prompt,
      options,
    );
  }

  /**
   * The model's graphs on an executor, such as `ort()` of @paperzoo/onnx: it generates there, and its state stays there. The caller disposes the
   * result; the model itself may be disposed meanwhile.
   */
  runOn<O extends object>(executor: TokenExecutor<O>, options: Partial<O> = {}): Promise<CompiledLanguageModel> {
    this.refuseDisposed();
    const { vocabSize, eosTokenId } = this.module.config;
    const tokenizer = () => this.tokenizer();
    return compileModel(this.zoo, this.graphs(), { vocabSize, eosTokenId, tokenizer }, executor, options);
  }

  /** The tokenizer beside the checkpoint, read at the first call. */
  tokenizer(): Promise<TextTokenizer> {
    this.known ??= this.parts.tokenizer().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  /** Every weight in ordinary memory under upstream's keys; hub's `saveSafetensors` takes it. */
  async stateDict(): Promise<Map<string, HostTensor>> {
    this.refuseDisposed();
    return this.module.stateDict();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.module.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private upload(rows: readonly (readonly number[])[]): Tensor {
    const shape = [rows.length, rows[0]?.length ?? 0];
    return this.zoo.tensor(Int32Array.from(rows.flat()), { shape });
  }

  private checked(ids: TokenIds): readonly (readonly number[])[] {
    this.refuseDisposed();
    const rows = (ids.length > 0 && typeof ids[0] === 'number' ? [ids] : ids) as readonly (readonly number[])[];
    const { vocabSize } = this.module.config;
    for (const [b, row] of rows.entries()) {
      if (row.length !== rows[0]!.length) {
        const details = { argument: 'ids', expected: rows[0]!.length, got: row.length };
        throw new AttrError(
          `Rows of ids must have one length; row ${b} has ${row.length} tokens, not ${rows[0]!.length}.`,
          {
            ...details,
            remedy: 'Pad them and pass an attentionMask.',
          },
        );
      }
      const bad = row.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
      if (bad < 0) continue;
      const details = { argument: 'ids', expected: `0 to ${vocabSize - 1}`, got: row[bad] };
      throw new AttrError(
        `${this.name}: token id ${String(row[bad])} at ${b}, ${bad} is outside the vocabulary.`,
        details,
      );
    }
    return rows;
  }

  private checkState(state: GLAState, batch: number): void {
    const layers = this.module.config.numHiddenLayers;
    if (state.layers.length === layers && state.batch === batch) return;
    throw new ModelError(
      `${this.name}: the state has ${state.layers.length} layers and ${state.batch} rows; ${layers} and ${batch} are needed.`,
      { argument: 'state', expected: [layers, batch], got: [state.layers.length, state.batch] },
    );
  }

  private refuseDisposed(): void {
    if (this.disposed) throw new DisposedError(`The model ${this.name} was used after it was disposed.`);
  }
}
