import { AttrError, crossEntropy, exp, logSoftmax, mul, sub, sum, type Tensor } from '@paperzoo/core';

export interface DistillationOptions {
  /** `soft` compares whole distributions, `hard` takes the teacher's best class as the label. */
  readonly kind: 'soft' | 'hard';
  /** Weight of the teacher's part, 0 to 1. */
  readonly alpha?: number;
  /** Temperature of the soft kind. */
  readonly temperature?: number;
}

/**
 * (1 - alpha) · base + alpha · distance(student, teacher), as DeiT and EfficientViT are distilled: `base` is the ordinary loss (scalar), `student`
 * the logits [N, C] of the distillation head, `teacher` the teacher's [N, C]. The soft distance is T² / (N·C) · Σ KL(teacher‖student). The teacher
 * gets no gradient.
 * @throws AttrError when alpha or temperature is out of range
 */
export function distillationLoss(
  base: Tensor,
  student: Tensor,
  teacher: Tensor,
  { kind, alpha = 0.5, temperature = 1 }: DistillationOptions,
): Tensor {
  if (!(alpha >= 0 && alpha <= 1)) throw refuse('alpha', 'from 0 to 1', alpha);
  if (!(temperature > 0)) throw refuse('temperature', 'above 0', temperature);
  const distance =
    kind === 'hard' ? crossEntropy(student, teacher.argmax(1)) : divergence(student, teacher, temperature);
  return mul(base, 1 - alpha).add(mul(distance, alpha));
}

function divergence(student: Tensor, teacher: Tensor, temperature: number): Tensor {
  const p = teacher.zoo.noGrad(() => logSoftmax(mul(teacher, 1 / temperature), { dim: 1 }));
  const q = logSoftmax(mul(student, 1 / temperature), { dim: 1 });
  return mul(sum(mul(exp(p), sub(p, q))), temperature ** 2 / student.size);
}

const refuse = (argument: string, expected: string, got: number) =>
  new AttrError(`distillationLoss: ${argument} must be ${expected}, got ${got}.`, { argument, expected, got });
