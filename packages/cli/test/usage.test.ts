import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paperzoo, parsed, ROOT } from './support/cli';

const COMMANDS = ['list', 'info', 'run', 'train', 'eval', 'bench', 'claims', 'doctor', 'demo'];

describe('usage', () => {
  test.each(['--version', '-V', '-v'])('%s prints the version of the package', async (flag) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8')) as {
      version: string;
    };
    expect(await paperzoo([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('help names every command, examples and exit codes', async () => {
    const { code, stdout, stderr } = await paperzoo(['--help'], { env: { COLUMNS: '60' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage');
    expect(stdout).toContain('paperzoo run efficientvit_m0 --image cat.jpg');
  });

  test.each(COMMANDS)('%s has help with examples', async (command) => {
    const flag = await paperzoo([command, '--help']);
    expect(flag).toMatchObject({ code: 0, stderr: '' });
    expect(flag.stdout).toMatch(/--json/);
    expect(flag.stdout).toMatch(/Examples:\n {2}\S/);
    expect(await paperzoo(['help', command])).toEqual(flag);
  });

  test('no command is wrong usage, and shows help', async () => {
    const { code, stdout, stderr } = await paperzoo([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Commands:');
  });

  test.each([
    [['lst'], "Unknown command 'lst'.", 'Did you mean list?'],
    [['list', '--pretraind'], "Unknown option '--pretraind'.", 'Did you mean --pretrained?'],
    [['info'], "Missing required argument 'name'.", 'See: paperzoo --help'],
    [
      ['run', 'efficientvit_m0'],
      'efficientvit_m0.r224_in1k classifies images, and none was named.',
      'Name them: paperzoo run efficientvit_m0 FILE.',
    ],
    [['run', 'x', '--temperature', 'warm'], 'It must be a number from 0 to 100.', 'See: paperzoo --help'],
    [['list', 'a', 'b'], "Too many arguments for 'list'. Expected 1 argument but got 2.", 'See: paperzoo --help'],
    [['bench', '--threads', '0'], 'It must be a whole number from 1 to 64.', 'See: paperzoo --help'],
    [['run', 'm', '-i', 'x', '-k', '1.5'], 'It must be a whole number of at least 1.', 'See: paperzoo --help'],
    [
      ['run', 'm', '-i', 'x', '-d', 'gpu'],
      'Allowed choices are wasm, cpu, webgpu, gpujs, auto.',
      'See: paperzoo --help',
    ],
    [['bench', '--quick', '--full'], "cannot be used with option '--full'", 'See: paperzoo --help'],
    [['list', '--plugin', './nowhere'], 'there is no such file, folder or installed package.', 'give a path.'],
    [['claims', 'nobody'], 'There is no plugin "nobody".', '@paperzoo/efficientvit'],
  ])('%j is refused in two lines', async (args, message, remedy) => {
    const { code, stdout, stderr } = await paperzoo(args);
    const lines = stderr.trimEnd().split('\n');
    expect({ code, stdout, lines: lines.length }).toEqual({ code: 2, stdout: '', lines: 2 });
    expect(lines[0]).toMatch(/^error: /);
    expect(lines[0]).toContain(message);
    expect(lines[1]).toContain(remedy);
  });

  test('with --json, wrong usage is a document too', async () => {
    const outcome = await paperzoo(['info', '--json']);
    expect(outcome.code).toBe(2);
    expect(parsed(outcome)).toEqual({
      error: { code: 'usage', message: "Missing required argument 'name'.", remedy: 'See: paperzoo --help' },
    });
  });

  test('there are no colours without a terminal, unless they are asked for', async () => {
    const escape = '\u001b[';
    expect((await paperzoo(['list', 'm0'])).stdout).not.toContain(escape);
    expect((await paperzoo(['list', 'm0'], { env: { CI: 'true' } })).stdout).not.toContain(escape);
    expect((await paperzoo(['list', 'm0'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(escape);
    expect((await paperzoo(['list', 'm0'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(escape);
  });

  test('stack traces are shown to those who ask', async () => {
    const args = ['info', 'nothing_like_it'];
    expect((await paperzoo(args)).stderr).not.toMatch(/\n +at /);
    expect((await paperzoo([...args, '--debug'])).stderr).toMatch(/\n +at /);
  });
});
