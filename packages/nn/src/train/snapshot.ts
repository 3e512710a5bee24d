import type { Tensor, Zoo } from '@paperzoo/core';
import { hostTensor, type HostTensor } from '../host-tensor';
import type { AnyModule } from '../module';
import type { MovingAverage } from '../optim/moving-average';
import type { Optimizer, OptimizerState, Tensors } from '../optim/optimizer';
import type { Snapshot } from './checkpoint-store';
import { TrainingError } from './training-error';

/** The parts of a run that change from step to step. */
export interface RunState {
  readonly model: AnyModule;
  readonly optimizer: Optimizer;
  readonly state: OptimizerState;
  readonly average?: MovingAverage | undefined;
  readonly fingerprint: string;
}

const FORMAT = 'paperzoo-training';
const VERSION = '1';

/**
 * Copies a run into ordinary memory: `model.<key>`, `optimizer.<slot>.<key>`, `average.<key>`.
 * @throws TrainingError when a value is not finite, so that a checkpoint never holds broken weights
 */
export async function takeSnapshot({ model, optimizer, state, average, fingerprint }: RunState): Promise<Snapshot> {
  const tensors = new Map<string, HostTensor>();
  for (const [key, value] of await model.stateDict()) tensors.set(`model.${key}`, value);
  for (const slot of optimizer.slots) await addAll(tensors, `optimizer.${slot}`, state.slots[slot]!);
  await addAll(tensors, 'average', average?.values ?? {});
  for (const [name, tensor] of tensors) {
    if (tensor.dtype === 'F32' && !tensor.toF32().every(Number.isFinite)) {
      throw new TrainingError(`After step ${state.step} "${name}" holds a value that is not finite; it is not saved.`, {
        argument: name,
        where: `step ${state.step}`,
        remedy: 'Lower the learning rate or clip gradients, and resume from the last checkpoint.',
      });
    }
  }
  const texts = { format: FORMAT, version: VERSION, step: String(state.step), optimizer: optimizer.name, fingerprint };
  return { tensors, metadata: new Map(Object.entries(texts)) };
}

/**
 * Puts a snapshot back; nothing changes unless it fits.
 * @throws TrainingError when it belongs to another optimiser or other data; ModelError when it belongs to another model
 */
export function restoreSnapshot(
  zoo: Zoo,
  { tensors, metadata, name }: Snapshot & { readonly name: string },
  { model, optimizer, average, fingerprint }: Omit<RunState, 'state'>,
): OptimizerState {
  const wanted = { format: FORMAT, version: VERSION, optimizer: optimizer.name, fingerprint };
  for (const [key, expected] of Object.entries(wanted)) {
    const got = metadata.get(key);
    if (got === expected) continue;
    const message = `${name} cannot be resumed: its ${key} is "${got}", this run's is "${expected}".`;
    throw new TrainingError(message, { argument: key, expected, got, file: name });
  }
  const step = Number(metadata.get('step') ?? NaN);
  if (!Number.isSafeInteger(step) || step < 0) {
    const got = metadata.get('step');
    throw new TrainingError(`${name} cannot be resumed: its step is "${got}".`, { argument: 'step', got, file: name });
  }
  const part = (prefix: string) =>
    new Map([...tensors].flatMap(([key, t]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), t]] : [])));
  const parameters = model.namedParameters();
  const slots = optimizer.slots.map((slot) => [slot, part(`optimizer.${slot}.`)] as const);
  for (const [slot, held] of slots) {
    for (const [key, { shape }] of parameters) {
      if (held.get(key)?.shape.join() === shape.join()) continue;
      const message = `${name} cannot be resumed: it lacks the optimiser's "${slot}" of "${key}" with shape [${shape.join(', ')}].`;
      throw new TrainingError(message, { argument: `optimizer.${slot}.${key}`, file: name, expected: shape });
    }
  }
  model.loadStateDict(part('model.'), { model: name });
  const upload = (values: ReadonlyMap<string, HostTensor>): Tensors =>
    Object.fromEntries(
      [...values].map(([key, t]): [string, Tensor] => [key, zoo.tensor(t.toF32(), { shape: t.shape })]),
    );
  average?.set(upload(part('average.')));
  return {
    step,
    slots: Object.fromEntries(slots.map(([slot, held]) => [slot, upload(held)])),
  };
}

async function addAll(into: Map<string, HostTensor>, prefix: string, tensors: Tensors): Promise<void> {
  for (const [key, tensor] of Object.entries(tensors)) {
    into.set(`${prefix}.${key}`, hostTensor(tensor.shape, (await tensor.data()) as Float32Array));
  }
}
