import type { Claim } from '@paperzoo/core';
import { measureThroughput } from './throughput';
import { subjects, type Subject } from './subjects';

/** A comparison of two networks' images per second. */
export interface SpeedComparison {
  readonly id: string;
  readonly source: string;
  readonly statement: string;
  readonly figure: string;
  readonly fast: Subject;
  readonly slow: Subject;
  /** How many times the images per second of `slow` the paper gives `fast`. */
  readonly ratio: number;
  /** Why it comes out as it does where it does not hold. */
  readonly explanation: string;
}

export interface SpeedOptions {
  /** Least seconds of measuring per network and batch size; default 5. */
  readonly seconds?: number;
  /** Batch sizes that are measured; the last one, the paper's 16, decides. */
  readonly batches?: readonly number[];
  readonly measure?: typeof measureThroughput;
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

/** A claim that one network is `ratio` times as fast as another: decided at the paper's CPU protocol, one thread and 16 images at a time. */
export function speedClaim(
  { fast, slow, ratio, explanation, ...text }: SpeedComparison,
  { seconds = 5, batches = [1, 16], measure = measureThroughput }: SpeedOptions = {},
): Claim {
  return {
    ...text,
    scaledDown: `Measured on this machine's device, one thread, fp32, norms folded, batch ${batches.join(' and ')}; medians of alternating passes, untrained weights.`,
    budgetSeconds: 2 * batches.length * seconds + 10,
    async run(context) {
      const zoo = await context.zoo({ threads: 1 });
      if (zoo.device.name === 'cpu') {
        return {
          measured: {},
          holds: null,
          because: 'The reference device is slow on purpose; speed is measured on a device that is meant to be fast.',
        };
      }
      const throughput = await measure(zoo, [fast, slow], { batches, seconds }, context);
      const perSecond = ({ name }: Subject, batch: number) => throughput.get(name)!.get(batch)!;
      const measured: Record<string, number> = {};
      for (const batch of batches) {
        for (const subject of [fast, slow])
          measured[`${subject.name}, batch ${batch}: images/s`] = round(perSecond(subject, batch));
        measured[`ratio at batch ${batch}`] = round(perSecond(fast, batch) / perSecond(slow, batch), 3);
      }
      const reached = perSecond(fast, batches.at(-1)!) / perSecond(slow, batches.at(-1)!);
      const shown = batches.map((b) => `${(perSecond(fast, b) / perSecond(slow, b)).toFixed(2)}× at batch ${b}`);
      const holds = reached >= ratio;
      const verdict = holds
        ? ''
        : ` The direction is ${reached > 1 ? 'the same, the distance smaller' : 'the opposite'}: ${explanation}`;
      return {
        measured,
        holds,
        because: `${fast.name} processes ${shown.join(' and ')} the images/s of ${slow.name} on ${zoo.device.name}, one thread; the paper has ${ratio}×.${verdict}`,
      };
    },
  };
}

/** The paper's comparisons that a CPU can carry. */
export const speedComparisons: readonly SpeedComparison[] = [
  {
    id: 'm5-faster-than-mobilenetv3-on-cpu',
    source: 'Abstract',
    statement: 'M5 processes 45.2 % more images per second than MobileNetV3-Large on a CPU.',
    figure: '+45.2 % on an Intel Xeon, PyTorch, one thread, batch 16',
    fast: subjects.m5,
    slow: subjects.mobilenetv3,
    ratio: 1.452,
    explanation:
      'M5 has 2.4 times the multiply-adds of MobileNetV3-Large; it wins where memory traffic is the bottleneck, and with 128-bit SIMD arithmetic is.',
  },
  {
    id: 'm2-faster-than-mobilevit-on-cpu',
    source: 'Abstract',
    statement: 'M2 is 3.7 times as fast as MobileViT-XXS on a CPU.',
    figure: '3.7× on an Intel Xeon, PyTorch, one thread, batch 16 (M2 at 224, MobileViT-XXS at 256 pixels)',
    fast: subjects.m2,
    slow: subjects.mobilevit,
    ratio: 3.7,
    explanation:
      'MobileViT’s many small operations, slow in PyTorch, are fused and kept in cache here as well, and it has 2.0 times the multiply-adds.',
  },
  {
    id: 'm0-throughput',
    source: "The authors' table of models",
    statement: 'M0 processes 2.6 times as many images per second as M5.',
    figure: '27,644 against 10,621 images/s on a V100, batch 2048, half precision; M0 228.4 images/s on an Intel Xeon',
    fast: subjects.m0,
    slow: subjects.m5,
    ratio: 2.6,
    explanation: 'M5 has 6.6 times the multiply-adds of M0.',
  },
];
