import type { ModelCard } from '@paperzoo/core';
import type { Context } from '../context';
import type { FoundPlugin } from '../plugins/plugin-set';
import { milliseconds } from '../terminal/numbers';
import { UsageError } from '../usage-error';
import { makeZoo } from '../zoo';
import { compileTextModel, openExecutor } from './executor';
import { loadModel, weightsSource } from './load-model';
import { placeOf, type RunOptions } from './run';
import { asTextModel } from './text-model';

/** `paperzoo run` for a language model: writes the prompt and what follows, token by token. Ctrl-C ends it. */
export async function runText(
  context: Context,
  found: readonly FoundPlugin[],
  card: ModelCard,
  options: RunOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const { prompt, maxTokens: maxNewTokens, temperature, topP, seed } = options;
  if (prompt === undefined) {
    throw new UsageError(`${card.name} goes on with a text, and none was given.`, {
      argument: 'prompt',
      remedy: 'Give it with --prompt.',
    });
  }
  const zoo = await makeZoo(context, found, options);
  try {
    const start = performance.now();
    using model = asTextModel(await loadModel(context, zoo, card, options));
    const executor = options.executor === 'wasm' ? undefined : await openExecutor(options.executor, options.threads);
    const compiled = executor && (await compileTextModel(context, model, executor));
    const loaded = performance.now();
    let text = '';
    let tokens = 0;
    let first = 0;
    for await (const token of (compiled ?? model).generate(prompt, { maxNewTokens, temperature, topP, seed, signal })) {
      if (tokens === 0) first = performance.now();
      // The prompt waits for the first token: a prompt that is refused is an error message and nothing else.
      if (!terminal.json) terminal.part(tokens === 0 ? prompt + token.text : token.text);
      text += token.text;
      tokens++;
    }
    const msPerToken = tokens > 1 ? (performance.now() - first) / (tokens - 1) : undefined;
    await compiled?.dispose();
    const { device, threads } = placeOf(zoo, options);
    const weights = options.weights ?? weightsSource(card);
    const times = { loadMs: loaded - start, promptMs: first - loaded, msPerToken };
    terminal.result({ model: card.name, weights, device, threads, ...times, tokens, prompt, text }, () => {
      terminal.write();
      const speed = msPerToken === undefined ? '' : `, ${milliseconds(msPerToken)} each`;
      terminal.note(`${card.name} on ${device}: ${tokens} ${tokens === 1 ? 'token' : 'tokens'}${speed}`);
      if (weights === 'random') terminal.note('The weights are random: the text means nothing.');
    });
    return 0;
  } finally {
    await zoo.dispose();
  }
}
