import type { HostTensor } from '@paperzoo/nn';

type State = ReadonlyMap<string, HostTensor>;

/** Containers that training scripts leave around a state dict. */
const WRAPPERS = ['model.', 'state_dict.', 'module.', 'model_ema.'];

/** Cream's names → timm's, tried in order; the first that matches applies. */
const CREAM: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^patch_embed\.(\d+)\.(.*)$/, (i, rest) => `patch_embed.conv${Number(i) / 2 + 1}.${rest}`],
  [/^blocks1\.(\d+)\.(.*)$/, (i, rest) => `stages.0.blocks.${i}.${rest}`],
  [/^blocks([23])\.0\.(.*)$/, (s, rest) => `stages.${Number(s) - 1}.downsample.res1.${rest}`],
  [/^blocks([23])\.1\.(.*)$/, (s, rest) => `stages.${Number(s) - 1}.downsample.patchmerge.${rest}`],
  [/^blocks([23])\.2\.(.*)$/, (s, rest) => `stages.${Number(s) - 1}.downsample.res2.${rest}`],
  [/^blocks([23])\.(\d+)\.(.*)$/, (s, i, rest) => `stages.${Number(s) - 1}.blocks.${Number(i) - 3}.${rest}`],
];

function creamToTimm(key: string): string {
  const spelled = key
    .split('.')
    .map((part) => (part === 'c' ? 'conv' : part === 'l' ? 'linear' : part))
    .join('.');
  for (const [pattern, rename] of CREAM) {
    const match = pattern.exec(spelled);
    if (match) return rename(...match.slice(1));
  }
  return spelled;
}

/**
 * A state dict under timm's keys, whichever of the two published layouts it has: a key `blocks1.…` marks Cream's. Wrappers around all keys are
 * taken off; index buffers, which can be recomputed, are dropped; Cream's distillation head too unless it is wanted.
 */
export function timmKeys(state: State, { distillation = false } = {}): Map<string, HostTensor> {
  let entries = [...state];
  for (let wrapper: string | undefined; entries.length;) {
    wrapper = WRAPPERS.find((prefix) => entries.every(([key]) => key.startsWith(prefix)));
    if (wrapper === undefined) break;
    entries = entries.map(([key, value]) => [key.slice(wrapper!.length), value]);
  }
  const cream = entries.some(([key]) => key.startsWith('blocks1.'));
  const kept = entries.filter(
    ([key]) => !key.endsWith('.attention_bias_idxs') && (distillation || !cream || !key.startsWith('head_dist.')),
  );
  return new Map(cream ? kept.map(([key, value]) => [creamToTimm(key), value]) : kept);
}
