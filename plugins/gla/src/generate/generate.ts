import { AttrError, throwIfAborted } from '@paperzoo/core';
import { Random } from '@paperzoo/nn';
import { checkSampling, sample, type SamplingOptions } from './sampler';
import { TextStream } from './text-stream';
import type { TextTokenizer } from './tokenizer';

export interface GenerateOptions extends SamplingOptions {
  /** Default 128. */
  readonly maxNewTokens?: number;
  /** Equal seeds give equal texts; default 0. Each row of a batch draws from a stream of its own. */
  readonly seed?: number;
  /** Ends a row before this text. Needs a tokenizer. */
  readonly stop?: string | readonly string[];
  /** Ends a row after one of these tokens; default the config's, null for none. */
  readonly eosTokenId?: number | readonly number[] | null;
  readonly signal?: AbortSignal;
  /** Told of tokens of the prompt that were read (`prompt`) and of steps made (`text`). */
  readonly onProgress?: (event: {
    readonly stage: 'prompt' | 'text';
    readonly done: number;
    readonly total: number;
  }) => void;
  /** Default: the one beside the checkpoint, when the prompt is text. */
  readonly tokenizer?: TextTokenizer;
}

/** One token of one row. */
export interface GeneratedToken {
  /** Row of the batch; 0 for a single prompt. */
  readonly index: number;
  readonly token: number;
  /** Text that became certain with this token; empty without a tokenizer, in the middle of a character, and for the end token. */
  readonly text: string;
}

/** A prompt as text or token ids, or several. */
export type Prompt = string | readonly number[] | readonly string[] | readonly (readonly number[])[];

/** A state of several rows, wherever it is held. */
export interface RowStates<S> {
  /** Rows by index, as a state of its own. */
  select(rows: readonly number[]): S | Promise<S>;
  dispose(): void;
}

/** The part of a language model that generation uses. Logits come as one row of numbers per sequence. */
export interface Stepper<S extends RowStates<S>> {
  readonly vocabSize: number;
  readonly eosTokenId: number | readonly number[] | null;
  tokenizer(): Promise<TextTokenizer>;
  /** Tokens that are read at once; what cannot go on reading from a state says Infinity. */
  readonly segment?: number;
  /** Reads tokens of one sequence; a state that is given is advanced. */
  prefill(ids: readonly number[], options: { state?: S }): Promise<{ logits: Float32Array; state: S }>;
  /** One token per row; the state is advanced. */
  step(ids: readonly number[], state: S): Promise<Float32Array>;
  /** The rows of several states one after the other. */
  concat(states: readonly S[]): S | Promise<S>;
}

/** Tokens that are read at once: enough for matrix products, few enough for memory and for stopping soon. */
const SEGMENT = 512;
/** An event loop that is kept longer than this feels stuck. */
const BREATH_MS = 25;

interface Row {
  readonly index: number;
  readonly seen: Set<number>;
  readonly random: Random;
  readonly stream: TextStream | undefined;
}

/** See `GLALanguageModel.generate`. */
export async function* generate<S extends RowStates<S>>(
  model: Stepper<S>,
  prompt: Prompt,
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, void, void> {
  const { maxNewTokens = 128, seed = 0, signal, onProgress } = options;
  checkSampling(options);
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 0) {
    const details = { argument: 'maxNewTokens', expected: 'an integer of at least 0', got: maxNewTokens };
    throw new AttrError(`maxNewTokens must be an integer of at least 0, got ${String(maxNewTokens)}.`, details);
  }
  const stop = [options.stop ?? []].flat();
  if (stop.includes('')) throw new AttrError('stop must not hold an empty text.', { argument: 'stop', got: stop });
  const wanted = options.eosTokenId === undefined ? model.eosTokenId : options.eosTokenId;
  const ends = new Set([wanted ?? []].flat());
  const given = isSingle(prompt) ? [prompt] : prompt;
  const textual = given.some((each) => typeof each === 'string') || stop.length > 0;
  const tokenizer = options.tokenizer ?? (textual ? await model.tokenizer() : undefined);
  const all = given.map((each) => (typeof each === 'string' ? tokenizer!.encode(each) : each));
  all.forEach((ids, row) => {
    if (ids.length > 0) return;
    throw new AttrError(`Prompt ${row} has no tokens.`, { argument: 'prompt', remedy: 'Begin with the start token.' });
  });
  const breathe = breather();

  let rows: Row[] = all.map((ids, index) => ({
    index,
    seen: new Set(ids),
    random: new Random(seed, `row ${index}`),
    stream: tokenizer && new TextStream(tokenizer, ids, stop),
  }));
  const states: S[] = [];
  let state: S | undefined;
  const segment = model.segment ?? SEGMENT;
  try {
    const first: Float32Array[] = [];
    const total = all.reduce((sum, ids) => sum + ids.length, 0);
    let done = 0;
    for (const ids of all) {
      let read: { logits: Float32Array; state: S } | undefined;
      for (let at = 0; at < ids.length; at += segment) {
        throwIfAborted(signal, 'Generating');
        read = await model.prefill(ids.slice(at, at + segment), read ? { state: read.state } : {});
        if (at === 0) states.push(read.state);
        done += Math.min(segment, ids.length - at);
        onProgress?.({ stage: 'prompt', done, total });
        await breathe();
      }
      first.push(read!.logits);
    }
    if (rows.length === 0) return;
    state = states.length === 1 ? states.pop()! : await model.concat(states);
    for (const each of states.splice(0)) each.dispose();

    let logits = (row: number): Float32Array => first[row]!;
    for (let n = 1; n <= maxNewTokens; n++) {
      throwIfAborted(signal, 'Generating');
      const going: number[] = [];
      const tokens: number[] = [];
      for (const [at, row] of rows.entries()) {
        const token = sample(logits(at), options, row.seen, row.random);
        row.seen.add(token);
        const isEnd = ends.has(token);
        const { text, stopped } = (isEnd ? undefined : row.stream?.push(token)) ?? { text: '', stopped: false };
        const over = isEnd || stopped || n === maxNewTokens;
        if (!over) {
          going.push(at);
          tokens.push(token);
        }
        yield { index: row.index, token, text: over && !stopped ? text + (row.stream?.end() ?? '') : text };
      }
      onProgress?.({ stage: 'text', done: n, total: maxNewTokens });
      if (going.length === 0) return;
      if (going.length < rows.length) {
        // Rows that have ended cost nothing from here on.
        const rest: S = await state.select(going);
        state.dispose();
        state = rest;
        rows = going.map((at) => rows[at]!);
      }
      await breathe();
      throwIfAborted(signal, 'Generating');
      const values = await model.step(tokens, state);
      logits = (row) => values.subarray(row * model.vocabSize, (row + 1) * model.vocabSize);
    }
  } finally {
    state?.dispose();
    for (const each of states) each.dispose();
  }
}

const isSingle = (prompt: Prompt): prompt is string | readonly number[] =>
  typeof prompt === 'string' || prompt.length === 0 || typeof prompt[0] === 'number';

/** Lets other work of the page or process run now and then: without it an abort could never be noticed. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
