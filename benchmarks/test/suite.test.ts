import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortError, AttrError } from '@paperzoo/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Case } from '../src/cases/case';
import { allCases } from '../src/cases/index';

import { runSuite, type SuiteEvent } from '../src/suite/run-suite';
import { selectCases } from '../src/suite/select';

const select = (suite: 'quick' | 'full', ...rest: [filter?: string, threads?: number]) =>
  selectCases(allCases, suite, ...rest);

describe('cases', () => {
  test('have unique ids, and the quick suite is a part of the full one', () => {
    const ids = allCases.map((c) => c.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(select('full')).toHaveLength(ids.length);
    expect(select('quick').length).toBeLessThan(ids.length);
  });

  test('are chosen by id, group or title', () => {
    expect(select('quick', '960X').map((c) => c.id)).toEqual(['gemm-960x960x960', 'gemm-960x960x960-t2']);
    expect(select('quick', '960X', 2).map((c) => c.id)).toEqual(['gemm-960x960x960-t2']);
    expect(select('full', 'mobilevit').length).toBeGreaterThan(0);
    expect(select('full', 'no such thing')).toEqual([]);
    expect(select('quick', 'size', 2)).toEqual([]);
  });

  test('of a plugin wait until somebody asks', () => {
    const own: Case = {
      ...{ kind: 'figure', id: 'toy-size', group: 'toy', title: 'size', quick: true, plugin: '@who/toy', unit: 'kB' },
      figure: () => Promise.resolve({ value: 1 }),
    };
    const among = (...wish: ['quick' | 'full', string?]) => selectCases([own, ...allCases], ...wish).includes(own);
    expect([among('quick'), among('full'), among('quick', '@who/toy'), among('quick', 'Toy')]).toEqual([
      ...[false, true, true, true],
    ]);
  });
});

describe('runSuite with a process of its own', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperzoo-suite-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const child = (name: string, body: string) => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, `process.once('message', async (job) => { const tell = (m) => process.send(m); ${body} });`);
    return file;
  };

  test('hands on rows, events and peaks in the order of the cases', async () => {
    const entry = child(
      'fine',
      `for (const id of job.cases) {
        tell({ type: 'start', id });
        tell({ type: 'fraction', id, fraction: 0.5 });
        tell({ type: 'row', row: { kind: 'timed', id, group: 'gemm', title: id, threads: job.threads, entries: [] } });
      }
      tell({ type: 'peak', peak: { threads: job.threads, gflops: 1, copyGBs: 1 } });
      tell({ type: 'end' });
      process.disconnect();`,
    );
    const events: SuiteEvent[] = [];
    const result = await runSuite({ filter: '960x', childEntry: entry, onEvent: (e) => events.push(e) });
    expect(result.rows.map((row) => row.id)).toEqual(['gemm-960x960x960', 'gemm-960x960x960-t2']);
    expect(result.peaks.map((p) => p.threads)).toEqual([1, 2]);
    const row = ['case', 'progress', 'progress', 'row'];
    expect(events.map((e) => e.type)).toEqual(['begin', ...row, ...row]);
    expect(events.flatMap((e) => (e.type === 'progress' ? [e.fraction] : []))).toEqual([0.25, 0.75, 0.25, 0.75]);
    expect(result).toMatchObject({
      schema: 1,
      suite: 'quick',
      filter: '960x',
      command: 'paperzoo bench --quick "960x"',
    });
    expect(result.machine).toMatchObject({ node: process.versions.node });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('a process that dies takes only its own cases along, and its last words are the reason', async () => {
    const entry = child('dead', `console.error('it hurts'); process.exit(job.threads === 1 ? 3 : 4);`);
    const result = await runSuite({ filter: '960x', childEntry: entry });
    const reasons = result.rows.map((row) => (row.kind === 'timed' ? row.entries[0]!.unavailable : undefined));
    expect(reasons).toEqual([expect.stringContaining('code 3: it hurts'), expect.stringContaining('code 4: it hurts')]);
  });

  test('an abort kills the process and rejects', async () => {
    const entry = child('endless', `tell({ type: 'start', id: job.cases[0] }); setInterval(() => {}, 1000);`);
    const controller = new AbortController();
    const onEvent = (event: SuiteEvent) => event.type === 'case' && controller.abort();
    const running = runSuite({ filter: '960x', childEntry: entry, signal: controller.signal, onEvent });
    await expect(running).rejects.toBeInstanceOf(AbortError);
  });

  test('a filter that fits nothing and a package that is not built are refused', async () => {
    await expect(runSuite({ filter: 'nothing like it' })).rejects.toBeInstanceOf(AttrError);
    await expect(runSuite({ threads: 7 })).rejects.toThrow('fits 7 threads');
    await expect(runSuite({ filter: '960x', childEntry: join(folder, 'absent.mjs') })).rejects.toThrow(/npm run build/);
  });
});
