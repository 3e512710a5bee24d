import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperzoo, parsed } from './support/cli';
import { pluginSource, Project } from './support/project';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperzoo-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  suite: string;
  rows: { id: string; threads?: number }[];
  files: { json: string; html: string };
  error?: { code: string; message: string };
}

describe('bench', () => {
  test('measures what the filter names, and writes the JSON and the page', async () => {
    const out = join(folder, 'json');
    const outcome = await paperzoo(['bench', 'overhead', '--threads', '1', '--out', out, '--json']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const { suite, rows, files } = parsed<Report>(outcome);
    expect({ suite, ids: rows.map(({ id }) => id) }).toEqual({ suite: 'quick', ids: ['op-overhead'] });
    expect(readdirSync(out).sort()).toEqual([expect.stringMatching(/-quick\.json$/), 'report.html']);
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toMatchObject({ suite: 'quick' });
    expect(readFileSync(files.html, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  test('prints a table and where the files are', async () => {
    const out = join(folder, 'text');
    const { code, stdout, stderr } = await paperzoo(['bench', 'overhead', '--out', out], { env: { COLUMNS: '60' } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/add of 16 floats.*µs/);
    expect(stdout).toMatch(/^CASE +LIBRARY +BEST +RATIO +PEAK$/m);
    expect(stdout).toMatch(/^results: .*-quick\.json$/m);
    expect(stdout).toMatch(/^report: {2}.*report\.html$/m);
  });

  test("a third party's plugin shows its benchmarks by its name", async () => {
    const project = new Project();
    const bench = `{
      id: 'sum', title: 'adding up', definition: 'Adds up 64 numbers.', agree: false,
      goals: [{ text: 'both over one', unit: '×', sense: 'most', must: 1e6, value: (lanes) => lanes.both.ms / lanes.one.ms }],
      lanes: async (zoo) => {
        const x = zoo.ones([64]);
        return { one: { run: () => x.sum() }, both: { run: () => zoo.scope(() => x.sum().add(x.sum())) } };
      },
    }`;
    const fields = `benchmarks: async () => ({ default: [${bench}] })`;
    project.install('toys', pluginSource('toys', fields));
    try {
      const run = await paperzoo(['bench', 'toys', '--out', join(folder, 'toys')], { cwd: project.folder });
      expect(run).toMatchObject({ code: 0 });
      expect(run.stderr).toMatch(/adding up: one .*s, both /);
      expect(run.stdout).toMatch(/both over one.*promise kept/);
      expect(readFileSync(join(folder, 'toys', 'report.html'), 'utf8')).toContain('Adds up 64 numbers.');
    } finally {
      project.remove();
    }
  });

  test('a filter that fits nothing is an error', async () => {
    const outcome = await paperzoo(['bench', 'no such case', '--json']);
    expect(outcome.code).toBe(1);
    expect(parsed<Report>(outcome).error?.message).toContain('"no such case"');
    expect((await paperzoo(['bench', 'overhead', '--threads', '9'])).stderr).toContain('9 threads');
  });

  test('Ctrl-C stops it and writes nothing', async () => {
    const out = join(folder, 'aborted');
    const args = ['bench', 'gemm-960', '--out', out];
    const { code, stdout, stderr } = await paperzoo(args, { interruptAt: /: 25 %|\d× *\)/ });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/Interrupted\.\n$/);
    expect(readdirSync(folder)).not.toContain('aborted');
  });
});

describe('demo', () => {
  test('classifies the sample images with trained weights, says what they know, and goes on to the suite', async () => {
    // The suite itself takes most of a minute: it is stopped when it begins.
    const { code, stdout, stderr } = await paperzoo(['demo'], { interruptAt: /Now the quick benchmark suite/ });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^efficientvit_m0\.fashion_mnist on wasm, ready in /);
    expect(stdout).toContain('It knows 10 classes');
    expect(stdout).toMatch(/boot\.png[^]*\n1 +9 +Ankle boot[^]*dress\.png[^]*\n1 +3 +Dress[^]*bag\.png[^]*\n1 +8 +Bag/);
    expect(stderr).toBe('Interrupted.\n');
  });
});
