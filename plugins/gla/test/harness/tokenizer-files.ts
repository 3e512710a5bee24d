const LETTERS = [...'▁abcdefghijklmnopqrstuvwxyz.,?!'];

/** A tokenizer as Llama's and Mistral's are, with one token per letter: ids 0 to 2 are special, the rest begins at 3. */
export function tokenizerFiles(): { 'tokenizer.json': Uint8Array; 'tokenizer_config.json': Uint8Array } {
  const special = ['<unk>', '<s>', '</s>'];
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    'tokenizer.json': json({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [],
        special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
      },
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: {
        type: 'BPE',
        unk_token: '<unk>',
        fuse_unk: true,
        byte_fallback: true,
        vocab: Object.fromEntries([...special, ...LETTERS].map((token, id) => [token, id])),
        merges: [],
      },
    }),
    'tokenizer_config.json': json({
      tokenizer_class: 'LlamaTokenizer',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
    }),
  };
}
