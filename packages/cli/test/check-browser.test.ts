import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperzoo, ROOT } from './support/cli';

const LONG = 120_000;
const FAULTY = join(ROOT, 'packages/testing/test/browser/faulty-plugin.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperzoo-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test(
  'check-browser serves its page until it is interrupted',
  async () => {
    const asked = ['--only', 'exp', '--devices', 'cpu,wasm ×2', '--all'];
    const { code, stdout } = await paperzoo(['check-browser', ...asked], { interruptAt: /Open http/ });
    expect(stdout).toMatch(
      /^Open http:\/\/127\.0\.0\.1:\d+\/\?only=exp&devices=cpu%2Cwasm\S+&sizes=all in the browser/,
    );
    expect(code).toBe(0);
  },
  LONG,
);

describe('check-browser --run', () => {
  test(
    'checks in a browser of its own, writes a table and a verdict, and keeps the report',
    async () => {
      const out = join(folder, 'new/report.json');
      const asked = ['--only', 'exp,gla.swiglu', '--devices', 'cpu,wasm', '--sizes', '1', '--out', out];
      const { code, stdout } = await paperzoo(['check-browser', '--run', ...asked]);
      expect(stdout).toMatch(/^ +cpu +wasm +float64\ncore +✓ \d+ +✓ \d+ +✓ \d+\n@paperzoo\/gla +✓ \d+ +✓ \d+ +✓ \d+\n/);
      expect(stdout).toMatch(/1 left out because not all were asked for/);
      expect(stdout).toMatch(/^paperzoo \S+: all \d+ checks passed on cpu, wasm; 1 left out\. Chrome \d+ on \w+\.$/m);
      expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ schema: 1, passed: true });
      expect(readdirSync(join(folder, 'new'))).toEqual(['report.json']);
      expect(code).toBe(0);
    },
    LONG,
  );

  test(
    'ends with 1 when a check fails, naming it; --json gives the report',
    async () => {
      const asked = ['--plugin', FAULTY, '--only', 'faulty', '--devices', 'cpu', '--sizes', '0'];
      const { code, stdout } = await paperzoo(['check-browser', '--run', ...asked]);
      expect(stdout).toMatch(/✗ cpu · faulty\.twice · pair\n.*7 instead of 6/);
      expect(code).toBe(1);
      const json = await paperzoo(['check-browser', '--run', '--json', ...asked]);
      expect(JSON.parse(json.stdout)).toMatchObject({ passed: false, kind: 'paperzoo-browser-check' });
      expect(json.stderr).toBe('');
      expect(json.code).toBe(1);
    },
    LONG,
  );

  test(
    'is interrupted without leaving a profile behind, or a report',
    async () => {
      const out = join(folder, 'report.json');
      const asked = ['--devices', 'cpu', '--out', out];
      const outcome = await paperzoo(['check-browser', '--run', ...asked], { env: { TMPDIR: folder }, interruptAt: /checks: \d/ }); // prettier-ignore
      expect(outcome).toMatchObject({ code: 130, stderr: expect.stringMatching(/Interrupted\.\n$/) });
      expect(readdirSync(folder).filter((name) => name.startsWith('paperzoo-chromium'))).toEqual([]);
      expect(existsSync(out)).toBe(false);
    },
    LONG,
  );

  test(
    'says what to install where there is no browser, what the page refuses, and where a report cannot be',
    async () => {
      const none = await paperzoo(['check-browser', '--run'], { env: { CHROMIUM_PATH: join(folder, 'none') } });
      expect(none).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Neither Chromium nor Chrome.*\n.*apt-get/),
      });
      const page = await paperzoo(['check-browser', '--run', '--only', 'no such op', '--devices', 'cpu']);
      expect(page).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('The page says: nothing is named no such op.'),
      });
      writeFileSync(join(folder, 'file'), '');
      const asked = ['--only', 'neg', '--devices', 'cpu', '--sizes', '0', '--out', join(folder, 'file/report.json')];
      const lost = await paperzoo(['check-browser', '--run', ...asked]);
      expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('The report cannot be written to') });
      const alone = await paperzoo(['check-browser', '--out', 'report.json']);
      expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--out keeps the report of --run') });
    },
    LONG,
  );
});
