import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';
import { pluginSource, Project } from './support/project';

interface Report {
  claims: { id: string; plugin: string; verdict: string; because: string; measured?: Record<string, number> }[];
  error?: { code: string };
}

const claim = (id: string, run: string) =>
  `{ id: '${id}', source: 'Table 1', statement: 'It is ${id}.', figure: '3×', scaledDown: 'small', budgetSeconds: 1, async run(context) { ${run} } }`;
const CLAIMS = [
  claim('fast', `context.progress(0.5, 'half'); return { measured: { ratio: 3.14 }, holds: true, because: 'it was' };`),
  claim('small', `return { measured: { ratio: 0.5, speed: Infinity }, holds: false, because: 'it was not' };`),
  claim('grand', `return { measured: {}, holds: null, because: 'it takes a thousand GPUs' };`),
  claim(
    'adding',
    `const zoo = await context.zoo({ threads: 2 });
     const sum = zoo.ones([4]).add(1);
     return { measured: { value: (await sum.data())[0] }, holds: true, because: zoo.device.name };`,
  ),
].join(', ');

let project: Project;
beforeAll(() => {
  project = new Project();
  const claims = (list: string) => `claims: async () => ({ default: [${list}] }),`;
  project.install('@toys/claims', pluginSource('@toys/claims', claims(CLAIMS)));
  project.install('failing', pluginSource('failing', claims(claim('fails', `throw new Error('it broke');`))));
  project.install('endless', pluginSource('endless', claims(ENDLESS)));
  project.install('wordy', pluginSource('wordy', claims(claim('a-claim-whose-name-says-all-there-is-to-say', WORDY))));
  project.install('modest', pluginSource('modest'));
  project.install('lost', pluginSource('lost', `claims: async () => { throw new Error('claims are gone'); },`));
});
afterAll(() => project.remove());

const WORDY = `return {
  measured: Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => ['n' + n, n])),
  holds: true, because: 'a sentence that goes on for somewhat longer than a narrow terminal has columns for it',
};`;

/** Goes on until it is stopped. */
const ENDLESS = claim(
  'endless',
  `context.progress(0.3, 'on and on');
   const alive = setInterval(() => {}, 1000);
   await new Promise((_, reject) => context.signal.addEventListener('abort', () => { clearInterval(alive); reject(context.signal.reason); }));`,
);

const claims = (...args: string[]) => paperzoo(['claims', ...args], { cwd: project.folder });

describe('claims', () => {
  test('prints what was measured beside what the paper says', async () => {
    const { code, stdout, stderr } = await claims('@toys/claims');
    expect(code).toBe(0);
    expect(stderr).toContain('Claim 1 of 4: fast: 50 % (half)');
    expect(stdout).toMatch(/^HOLDS {2}fast /m);
    expect(stdout).toMatch(/^DOES NOT HOLD {2}small /m);
    expect(stdout).toMatch(/^CANNOT BE SHOWN HERE {2}grand /m);
    for (const line of [
      'claim: It is fast. (Table 1)',
      'paper: 3×',
      'measured: ratio 3.14',
      'because: it was',
      'here: small',
    ])
      expect(stdout).toContain(`  ${line}\n`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('4 claims: 2 hold, 1 does not hold, 1 cannot be shown here');
  });

  test('reads well in 60 columns, and cuts long lists of numbers', async () => {
    const { stdout } = await paperzoo(['claims', 'wordy'], { cwd: project.folder, env: { COLUMNS: '60' } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(stdout.replace(/\s+/g, ' ')).toContain('n7 7, and 4 more (--json has all)');
  });

  test('--json gives every field; a plugin’s name needs no scope, --only picks', async () => {
    const outcome = await claims('claims', '--only', 'small', '--only', 'adding', '--json');
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(parsed<Report>(outcome).claims).toEqual([
      expect.objectContaining({
        id: 'small',
        plugin: '@toys/claims',
        verdict: 'does not hold',
        measured: { ratio: 0.5, speed: null },
      }),
      expect.objectContaining({ id: 'adding', verdict: 'holds', because: 'wasm', measured: { value: 2 } }),
    ]);
  });

  test('a claim that could not be measured is a failure', async () => {
    const { code, stdout } = await claims('failing');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}fails .*\n(.*\n)* +error: it broke/);
  });

  test('claims that do not load are warned about; a plugin may have none', async () => {
    expect(await claims('lost')).toMatchObject({ code: 1, stderr: expect.stringContaining('claims are gone') });
    expect(await claims('modest')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'The plugins found here make no claims.\n',
    });
  });

  test('an unknown id is wrong usage and names the known ones', async () => {
    const { code, stderr } = await claims('@toys/claims', '--only', 'fats');
    expect(code).toBe(2);
    expect(stderr).toContain('There are: fast, small, grand, adding.');
  });

  test('Ctrl-C stops them', async () => {
    const { code, stdout, stderr } = await paperzoo(['claims', 'endless'], {
      cwd: project.folder,
      interruptAt: /on and on/,
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/Interrupted\.\n$/);
  });
});
