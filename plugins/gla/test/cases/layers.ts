import { concat, type Tensor } from '@paperzoo/core';
import { GatedLinearAttention, type GatedLinearAttentionOptions, type RecurrentState } from '../../src/index';
import { casesOf, input, rowsOf, type Case } from '../harness/fixtures';
import type { Outputs } from '../harness/graded';
import { moduleMisfits } from '../harness/module-misfits';
import type { DeviceCase } from './case';

type Ins = Readonly<Record<string, Tensor>>;

/** `use_short_conv` → `useShortConv`. */
const camel = (args: object) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  ) as unknown as GatedLinearAttentionOptions;

/** The layer on the case's inputs: in one call, or segment by segment through its state. */
function runner(entry: Case): (ins: Ins) => Outputs {
  const layer = new GatedLinearAttention(camel(entry.hyper['layer_args'] as object));
  const attentionMask = entry.inputs['attention_mask'] && rowsOf(input(entry, 'attention_mask'));
  const cuSeqlens = entry.hyper['cu_seqlens'] as number[] | undefined;
  const segments = entry.hyper['cached_segments'] as number[] | undefined;
  return (ins) => {
    const { hidden_states: x, ...weights } = ins;
    layer.loadStateDict(weights);
    const [parts, states]: [Tensor[], RecurrentState[]] = [[], []];
    const cuts = segments ?? [0, x!.shape[1]!];
    cuts.slice(1).forEach((end, i) => {
      // A mask covers everything up to the tokens of the call.
      const seen = attentionMask?.map((row) => row.slice(0, end));
      const out = layer(x!.slice(1, cuts[i], end), { state: states.at(-1), attentionMask: seen, cuSeqlens });
      parts.push(out.y);
      states.push(out.state);
    });
    layer.dispose();
    const { recurrent, conv } = states.at(-1)!;
    return {
      y: concat(parts, { dim: 1 }),
      // Upstream keeps its states values first.
      recurrent_state: recurrent.permute([0, 1, 3, 2]),
      ...(conv && { conv_state_q: conv.q, conv_state_k: conv.k, conv_state_v: conv.v }),
    };
  };
}

/** Upstream's results of the layer, gradients included. */
export const layers = (): DeviceCase[] =>
  casesOf('layer.safetensors').map(([name, entry]) => ({
    name,
    run: (zoo) => moduleMisfits(zoo, entry, runner(entry)),
  }));
