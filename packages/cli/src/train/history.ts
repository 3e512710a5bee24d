import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainEvent } from '@paperzoo/nn';

/** One point of a run's curves. */
export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** What a run's report shows. */
export interface History {
  readonly training: Point[];
  readonly validation: (Point & { readonly metrics: Readonly<Record<string, number>> })[];
  readonly samples: { readonly step: number; readonly text: string }[];
}

const FILE = 'history.json';

/** The history up to `step` of an earlier part of the run; empty when there is none or it cannot be read, for a curve is no result. */
export async function readHistory(folder: string, step: number): Promise<History> {
  const empty: History = { training: [], validation: [], samples: [] };
  try {
    const found = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as History;
    const until = <T extends { step: number }>(list: readonly T[]) => list.filter((each) => each.step <= step);
    return {
      training: until(found.training),
      validation: until(found.validation),
      samples: until(found.samples),
    };
  } catch {
    return empty;
  }
}

/** Replaces the file as a whole. */
export async function writeHistory(folder: string, history: History): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.part`, JSON.stringify(history));
  await rename(`${path}.part`, path);
}

/** Takes in what happened. */
export function record(history: History, event: TrainEvent): void {
  if (event.kind === 'step') history.training.push({ step: event.step, loss: event.loss });
  if (event.kind === 'evaluate') {
    history.validation.push({ step: event.step, loss: event.metrics['loss'] ?? NaN, metrics: event.metrics });
  }
}
