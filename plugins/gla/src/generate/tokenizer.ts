import { ModelError } from '@paperzoo/core';
import { readJsonConfig, type FileSource } from '@paperzoo/hub';

/** Between text and token ids. */
export interface TextTokenizer {
  /** With the special tokens that the model wants in front. */
  encode(text: string): number[];
  /** Without special tokens. */
  decode(ids: number[]): string;
}

/**
 * The tokenizer beside a checkpoint (`tokenizer.json`, `tokenizer_config.json`), through the package `@huggingface/tokenizers`.
 * @throws HubError when the files are not there; ModelError when the package is not installed
 */
export async function loadTokenizer(files: FileSource, model: string): Promise<TextTokenizer> {
  const [definition, settings] = [await files.read('tokenizer.json'), await files.read('tokenizer_config.json')];
  const parse = (bytes: Uint8Array, file: string) => readJsonConfig(bytes, { file, maxBytes: 2 ** 26 }).raw;
  const [json, config] = [parse(definition, 'tokenizer.json'), parse(settings, 'tokenizer_config.json')];
  const { Tokenizer } = await import('@huggingface/tokenizers').catch((cause: unknown) => {
    throw new ModelError(`${model} needs the package @huggingface/tokenizers to read text.`, {
      argument: 'prompt',
      remedy: 'Install it (npm install @huggingface/tokenizers), or pass token ids.',
      cause,
    });
  });
  const tokenizer = new Tokenizer(json, config);
  return {
    encode: (text) => tokenizer.encode(text).ids,
    decode: (ids) => (ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: true })),
  };
}
