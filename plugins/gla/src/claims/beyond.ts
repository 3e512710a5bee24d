import type { Claim } from '@paperzoo/core';

interface Beyond {
  readonly id: string;
  readonly source: string;
  readonly statement: string;
  readonly figure: string;
  /** What showing it would take, one sentence. */
  readonly needs: string;
}

const LIST: readonly Beyond[] = [
  {
    id: 'language-modelling',
    source: 'Table 2',
    statement: 'GLA models language as well as a LLaMA-architecture transformer and Mamba, and better than RetNet.',
    figure:
      '340M, 15B tokens, WikiText perplexity: Transformer++ 28.39, RetNet 32.33, Mamba 28.39, GLA 28.65; 1.3B, 100B tokens: 16.85, 18.64, 17.06, 17.22',
    needs: 'It cannot be shown here: it needs four models trained on 15B tokens each.',
  },
  {
    id: 'recall-intensive-tasks',
    source: 'Table 3',
    statement: 'GLA recalls better than RetNet and Mamba, and less well than softmax attention.',
    figure:
      '1.3B, FDA / SWDE / SQuAD: Transformer++ 27.4 / 66.6 / 31.5, RetNet 14.3 / 42.8 / 34.7, Mamba 6.2 / 41.4 / 35.2, GLA 19.9 / 50.6 / 42.6',
    needs:
      'It cannot be shown here: it needs models of 1.3B parameters trained on 100B tokens. What the gate contributes is measured by gate-ablation.',
  },
  {
    id: 'training-throughput',
    source: 'Figure 6',
    statement: 'A 1.3B model trains with a higher throughput than Mamba.',
    figure: 'plotted, not printed; H100',
    needs: 'It cannot be shown here: it needs a GPU for 1.3B parameters and an implementation of Mamba beside it.',
  },
];

/** What no laptop can show: said, not pretended. */
export const beyondClaims: readonly Claim[] = LIST.map(({ needs, ...claim }) => ({
  ...claim,
  scaledDown: 'Not at this size.',
  budgetSeconds: 1,
  run: async () => ({ measured: {}, holds: null, because: needs }),
}));
