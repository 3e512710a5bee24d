import type { Claim } from '@paperzoo/core';
import { GatedLinearAttention, type GatedLinearAttentionOptions } from '../models/gated-linear-attention';

const WIDTHS = [1024, 2048] as const;
/** Softmax attention: four D × D matrices. */
const ATTENTION = 4;
const AWAY = 0.05;

/** Parameters of the layer, counted. Options replace its defaults. */
export function layerParametersClaim(options: Partial<GatedLinearAttentionOptions> = {}): Claim {
  return {
    id: 'layer-parameters',
    source: 'Section 4.4',
    statement: 'A GLA layer has about 4 D² parameters, as many as a layer of softmax attention.',
    figure: '4 D²; 4.012 D² by upstream’s code at D = 2048',
    scaledDown: 'Nothing: the layers of the 340M and the 1.3B model are built and counted.',
    budgetSeconds: 2,
    run: async () => {
      const measured: Record<string, number> = {};
      for (const hiddenSize of WIDTHS) {
        const layer = new GatedLinearAttention({ hiddenSize, ...options });
        const count = [...layer.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);
        measured[`D ${hiddenSize}: parameters`] = count;
        measured[`D ${hiddenSize}: over D²`] = count / hiddenSize ** 2;
      }
      const factors = WIDTHS.map((width) => measured[`D ${width}: over D²`]!);
      return {
        measured,
        holds: factors.every((factor) => Math.abs(factor - ATTENTION) <= AWAY),
        because: `The layers have ${factors.map((factor, i) => `${factor.toFixed(3)} D² (D ${WIDTHS[i]})`).join(' and ')} parameters, softmax attention ${ATTENTION} D².`,
      };
    },
  };
}
