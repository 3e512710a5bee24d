import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtPackage } from '../lib/build.mjs';
import { findChromium, INSTALL_CHROMIUM } from '../lib/chromium.mjs';
import { codeBlocks, commands } from '../lib/markdown.mjs';
import { nodeProblem } from '../lib/node-version.mjs';
import { capture, run } from '../lib/process.mjs';
import { Tally } from '../lib/tally.mjs';

describe('an old Node', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1'])('%s is new enough', (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  });

  test.each(['20.18.3', '18.20.8', '8.0.0'])('%s is told what to install', (version) => {
    expect(nodeProblem(version)).toMatch(`needs Node 20.19 or newer, and this is Node ${version}. Install`);
  });
});

describe('running a program', () => {
  const node = (source, options) => capture(process.execPath, ['-e', source], options);

  test('both streams are read, line by line, the last without an end included', async () => {
    const lines = [];
    const source = `process.stdout.write('one\\ntw'); setTimeout(() => process.stdout.write('o'), 20)`;
    const { code } = await run(process.execPath, ['-e', source], { onLine: (line) => lines.push(line) });
    expect({ code, lines }).toEqual({ code: 0, lines: ['one', 'two'] });
    expect(await node('console.error("no"); process.exit(3)')).toEqual({ code: 3, output: 'no' });
  });

  test('a program that a signal ended has an exit code too', async () => {
    expect((await node('process.kill(process.pid, "SIGTERM")')).code).toBe(143);
  });

  test('a program that does not exist is an error', async () => {
    await expect(capture('/no/such/program', [])).rejects.toThrow('ENOENT');
  });
});

test('only packages that were really built are named', () => {
  expect(builtPackage('\u001b[32m✔\u001b[39m  nx run @paperzoo/core:build')).toBe('@paperzoo/core');
  expect(builtPackage('✔  nx run @paperzoo/core:build  [local cache]')).toBeUndefined();
  expect(builtPackage('✔  nx run @paperzoo/core:lint')).toBeUndefined();
});

describe('the browser for tests', () => {
  test('is the one that CHROMIUM_PATH names, or none', () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath })).toBe(process.execPath);
    expect(findChromium({ CHROMIUM_PATH: '/no/such/file', PATH: process.env.PATH })).toBeUndefined();
  });

  test('is found in PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paperzoo-path-'));
    writeFileSync(join(folder, 'chromium'), '');
    expect(findChromium({ PATH: folder })).toBe(join(folder, 'chromium'));
    rmSync(folder, { recursive: true });
  });

  test('whoever has none learns how to get one', () => expect(INSTALL_CHROMIUM).toMatch('apt-get install chromium'));
});

test('code blocks and their commands are found', () => {
  const text = 'a\n```sh\n$ one \\\n  --two   # why\n\nthree && four\n```\n```ts page\nlet x = 1;\n```\n';
  const [sh, ts] = codeBlocks(text);
  expect(ts).toEqual({ lang: 'ts', info: 'page', code: 'let x = 1;', line: 8 });
  expect(sh.line).toBe(2);
  expect(commands(sh.code)).toEqual(['one --two', 'three', 'four']);
});

describe('the count', () => {
  const result = (status, fullName) => ({ status, fullName });
  const report = (...assertions) => ({
    numPassedTests: assertions.filter(({ status }) => status === 'passed').length,
    numTotalTests: assertions.length,
    testResults: [{ name: 'x.test.ts', status: 'passed', assertionResults: assertions }],
  });
  const count = (...args) => {
    const tally = new Tally();
    tally.jest('core', ...args);
    return [tally.passed, tally.failed, tally.failures];
  };

  test('adds tests', () => {
    expect(count(report(result('passed', 'a'), result('failed', 'b')), false)).toEqual([1, 1, ['core: b']]);
  });

  test('a long list of failures is cut', () => {
    const tally = new Tally();
    for (const name of ['a', 'b', 'c']) tally.fail(name, 'broke');
    expect(tally.report(2)).toEqual(['', 'Failed:', '  a: broke', '  b: broke', '  and 1 more, see above']);
    expect(new Tally().report()).toEqual([]);
  });

  test('a skipped test is a failure', () => {
    expect(count(report(result('passed', 'a'), result('pending', 'b')), true)).toEqual([1, 1, ['core: b was skipped']]);
  });

  test('a file that did not load is a failure', () => {
    const broken = {
      ...report(),
      numTotalTests: 1,
      testResults: [{ name: 'x', status: 'failed', assertionResults: [] }],
    };
    expect(count(broken, false)).toEqual([0, 1, ['core: x did not run']]);
  });

  test('no report, no tests, or an error outside the tests is a failure', () => {
    expect(count(undefined, true)).toEqual([0, 1, ['core: wrote no report']]);
    expect(count(report(), true)).toEqual([0, 1, ['core: has no tests']]);
    expect(count(report(result('passed', 'a')), false)).toEqual([1, 1, ['core: failed outside its tests']]);
  });
});
