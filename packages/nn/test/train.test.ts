import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createZoo, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { readdirSync, readFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataLoader,
  folderCheckpoints,
  sgd,
  train,
  TrainingError,
  type TrainEvent,
  type TrainOptions,
} from '../src/index';
import { collect, data, kinds, losses, setUp as setUpOn, thousandSteps, type Batch } from './cases/run';

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  let zoo: Zoo;
  let folder: string;
  beforeAll(async () => {
    zoo = await createZoo({ device: device === 'cpu' ? cpu() : wasm(), log: () => undefined });
  });
  afterAll(() => zoo.dispose());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperzoo-train-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const setUp = (more: Partial<TrainOptions<Batch>> = {}) => setUpOn(zoo, more);

  test('the loss falls, and a run that was stopped and resumed equals an unbroken one in every bit', async () => {
    const whole = setUp();
    const all = losses(await collect(train(whole.options)));
    expect(all).toHaveLength(12);
    expect(all.at(-1)).toBeLessThan(all[0]! * 0.8);

    const checkpoints = folderCheckpoints(folder);
    const broken = setUp({ checkpoints, steps: 5 });
    const before = await collect(train(broken.options));
    expect(kinds(before).at(-1)).toBe('checkpoint 5');
    const resumed = setUp({ checkpoints, resume: true });
    const after = await collect(train(resumed.options));
    expect(kinds(after)[0]).toBe('resume 5');
    expect([...losses(before), ...losses(after)]).toEqual(all);
    expect(await resumed.weights()).toEqual(await whole.weights());
    for (const { end } of [whole, broken, resumed]) end();
    expect(zoo.memory().buffers).toBe(0);
  });

  test('aborting saves what is done, then throws', async () => {
    const stop = new AbortController();
    const { options, end } = setUp({ checkpoints: folderCheckpoints(folder), signal: stop.signal });
    const events: TrainEvent[] = [];
    const run = async () => {
      for await (const event of train(options)) {
        events.push(event);
        if (event.step === 3) stop.abort();
      }
    };
    await expect(run()).rejects.toThrow(expect.objectContaining({ code: 'abort' }));
    expect(kinds(events)).toEqual(['step 1', 'step 2', 'step 3', 'checkpoint 3']);
    end();
    expect(zoo.memory().buffers).toBe(0);
  });

  test('a loss that is no number stops the run, names the step and keeps weights and checkpoint', async () => {
    const checkpoints = folderCheckpoints(folder);
    const run = setUp({ checkpoints, checkpointEvery: 2 });
    const { loss } = run.options;
    let step = 0;
    const poisoned = (batch: Batch) => loss(batch).mul(++step === 4 ? NaN : 1);
    const events: TrainEvent[] = [];
    let weights: unknown;
    const failed = async () => {
      for await (const event of train({ ...run.options, loss: poisoned })) {
        events.push(event);
        if (event.step === 3) weights = Object.fromEntries(await run.weights().then((all) => all.filter(([key]) => !String(key).startsWith('bn.')))); // prettier-ignore
      }
    };
    const error = await failed().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TrainingError);
    expect(error).toMatchObject({ code: 'training', details: { where: 'step 4' } });
    expect((error as Error).message).toMatch(/step 4 is NaN.*step-000000002\.safetensors/);
    // The statistics of the norm saw the batch; the weights did not.
    expect(Object.fromEntries((await run.weights()).filter(([key]) => !String(key).startsWith('bn.')))).toEqual(
      weights,
    );
    expect((await checkpoints.newest())!.metadata.get('step')).toBe('2');
    run.end();
    expect(zoo.memory().buffers).toBe(0);
  });

  test('broken weights never reach a checkpoint', async () => {
    const run = setUp({ checkpoints: folderCheckpoints(folder), checkpointEvery: 1, clip: (grads) => grads });
    const wild = collect(train({ ...run.options, optimizer: sgd(), schedule: 3e38, steps: 3 }));
    await expect(wild).rejects.toThrow(/not finite; it is not saved|is (NaN|Infinity)/);
    for (const name of readdirSync(folder)) expect(name).toMatch(/\.safetensors$/);
    run.end();
  });

  test('evaluates in eval mode and goes on in train mode', async () => {
    const seen: unknown[] = [];
    const run = setUp({ steps: 5, evaluateEvery: 2 });
    const evaluate = async (step: number) => {
      seen.push([step, run.model.training]);
      return { accuracy: step };
    };
    const events = await collect(train({ ...run.options, evaluate }));
    expect(seen).toEqual([[2, false], [4, false], [5, false]]); // prettier-ignore
    expect(events.at(-1)).toEqual({ kind: 'evaluate', step: 5, metrics: { accuracy: 5 } });
    expect(run.model.training).toBe(true);
    run.end();
  });

  test('a checkpoint of another run is refused', async () => {
    const checkpoints = folderCheckpoints(folder);
    const first = setUp({ checkpoints, steps: 1 });
    await collect(train(first.options));
    const resume = (more: Partial<TrainOptions<Batch>>) => {
      const { options, end } = setUp({ checkpoints, resume: true, ...more });
      return collect(train(options)).finally(end);
    };
    await expect(resume({ data: data(4) })).rejects.toThrow(/fingerprint is "size 37, batch 8, seed 3/);
    await expect(resume({ optimizer: sgd() })).rejects.toThrow(/optimizer is "adamw"/);
    expect(await resume({ steps: 1 })).toHaveLength(1);
    first.end();
    expect(zoo.memory().buffers).toBe(0);
  });

  test('memory is flat over a thousand steps', async () => {
    expect(await thousandSteps(zoo)).toHaveLength(1);
    expect(zoo.memory()).toMatchObject({ tensors: 0, buffers: 0, bytes: 0 });
  });
});

describe('checkpoints in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperzoo-checkpoints-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const snapshot = (step: number) => ({ tensors: new Map(), metadata: new Map([['step', String(step)]]) });

  test('keep the newest, and clear away what a kill left', async () => {
    const store = folderCheckpoints(folder, { keep: 2 });
    writeFileSync(join(folder, 'step-000000001.safetensors.12.x.0.part'), 'half');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    for (const step of [1, 2, 10]) await store.save(step, snapshot(step));
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'step-000000002.safetensors', 'step-000000010.safetensors']); // prettier-ignore
    expect((await store.newest())!.metadata.get('step')).toBe('10');
  });

  test('a damaged file is passed over; if all are damaged the newest one is named', async () => {
    const store = folderCheckpoints(folder);
    expect(await store.newest()).toBeUndefined();
    await store.save(1, snapshot(1));
    const path = await store.save(2, snapshot(2));
    truncateSync(path, 5);
    expect((await store.newest())!.metadata.get('step')).toBe('1');
    truncateSync(join(folder, 'step-000000001.safetensors'), 0);
    await expect(store.newest()).rejects.toThrow(/step-000000002/);
  });

  test('a file in the way of the folder is told, and keep is checked', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    const store = folderCheckpoints(file);
    await expect(store.newest()).rejects.toThrow(expect.objectContaining({ code: 'hub' }));
    await expect(store.save(1, snapshot(1))).rejects.toThrow(expect.objectContaining({ code: 'hub' }));
    expect(readFileSync(file, 'utf8')).toBe('text');
    expect(() => folderCheckpoints(folder, { keep: 0 })).toThrow(/keep/);
  });
});

describe('the data loader', () => {
  const places = (options: object) => new DataLoader({ size: 10, batchSize: 4, collate: (at) => [...at], ...options });

  test('shuffles anew in every epoch, the same way every time', async () => {
    const loader = places({ seed: 5, dropLast: false });
    const first = [await loader.at(0), await loader.at(1), await loader.at(2)].flat();
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const second = [await loader.at(3), await loader.at(4), await loader.at(5)].flat();
    expect(second).not.toEqual(first);
    expect(await places({ seed: 5, dropLast: false }).at(4)).toEqual(second.slice(4, 8));
    expect(await places({ seed: 6, dropLast: false }).at(0)).not.toEqual(first.slice(0, 4));
  });

  test('drops what fills no batch, and can leave the order alone', async () => {
    const loader = places({ shuffle: false });
    const batches: number[][] = [];
    for await (const batch of loader.epoch()) batches.push(batch);
    expect(batches).toEqual([[0, 1, 2, 3], [4, 5, 6, 7]]); // prettier-ignore
    expect(() => places({ size: 3 })).toThrow(/3 examples make no batch of 4/);
  });
});
