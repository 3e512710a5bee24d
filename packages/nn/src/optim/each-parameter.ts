import { AttrError, GradError, type Tensor } from '@paperzoo/core';
import type { OptimizerState, OptimizerStep, ParameterGroups, Tensors } from './optimizer';

/** One parameter's part of a step. */
export interface ParameterStep {
  readonly param: Tensor;
  readonly grad: Tensor;
  /** In the order of the optimiser's slots. */
  readonly slots: readonly Tensor[];
  readonly lr: number;
  readonly weightDecay: number;
  /** Counts from 1. */
  readonly step: number;
}

/** Zeros for every slot of every parameter. */
export function zeroState(names: readonly string[], params: Tensors): OptimizerState {
  const zeros = () => Object.fromEntries(Object.entries(params).map(([key, p]) => [key, p.zoo.zeros(p.shape)]));
  return { step: 0, slots: Object.fromEntries(names.map((name) => [name, zeros()])) };
}

/** Runs `update`, which returns the new parameter and its new slots, over all parameters. */
export function eachParameter(
  names: readonly string[],
  groups: ParameterGroups,
  { params, grads, state, lr }: OptimizerStep,
  update: (step: ParameterStep) => readonly [Tensor, ...Tensor[]],
): { params: Tensors; state: OptimizerState } {
  const { weightDecay = 0, decays = (_name, shape) => shape.length >= 2, lrScale = () => 1 } = groups;
  if (!Number.isFinite(lr)) {
    const details = { argument: 'lr', expected: 'a finite number', got: lr };
    throw new AttrError(`The learning rate must be a finite number, got ${lr}.`, details);
  }
  const next: Record<string, Tensor> = {};
  const slots: Record<string, Record<string, Tensor>> = Object.fromEntries(names.map((name) => [name, {}]));
  for (const [key, param] of Object.entries(params)) {
    const grad = grads[key];
    const held = names.map((name) => state.slots[name]?.[key]);
    if (!grad || !held.every((slot) => slot !== undefined)) {
      const what = grad ? 'optimiser state' : 'gradient';
      throw new GradError(`Parameter "${key}" has no ${what}.`, { argument: key, expected: Object.keys(params) });
    }
    const [value, ...moved] = update({
      param,
      grad,
      slots: held,
      lr: lr * lrScale(key, param.shape),
      weightDecay: decays(key, param.shape) ? weightDecay : 0,
      step: state.step + 1,
    });
    next[key] = value;
    names.forEach((name, i) => (slots[name]![key] = moved[i]!));
  }
  return { params: next, state: { step: state.step + 1, slots } };
}
