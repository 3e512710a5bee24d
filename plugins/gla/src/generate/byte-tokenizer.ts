import type { TextTokenizer } from './tokenizer';

/** Text as its UTF-8 bytes, one token each, for models with a vocabulary of 256. */
export const byteTokenizer: TextTokenizer = {
  encode: (text) => [...new TextEncoder().encode(text)],
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
};
