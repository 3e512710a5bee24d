import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperzoo, parsed } from './support/cli';

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
  test('classifies the sample photographs, says that the labels mean nothing, and goes on to the suite', async () => {
    // The suite itself takes most of a minute: it is stopped when it begins.
    const { code, stdout, stderr } = await paperzoo(['demo'], { interruptAt: /Now the quick benchmark suite/ });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^efficientvit_m0\.r224_in1k on wasm, ready in /);
    expect(stdout).toContain('This checkpoint is untrained');
    expect(stdout).toMatch(/chelsea\.jpg[^]*hartebeest[^]*rocket\.jpg[^]*Shetland sheepdog/);
    expect(stderr).toBe('Interrupted.\n');
  });
});
