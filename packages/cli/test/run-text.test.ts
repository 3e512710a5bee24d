import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';
import { pluginSource, Project } from './support/project';

const project = new Project();
afterAll(() => project.remove());

/** A language model that counts on from the prompt's length, or never comes to an end. */
const MODELS = `
  models: ['counter', 'endless', 'mute'].map((name) => ({
    name, task: 'text-generation', config: {},
    load: async () => ({
      name, config: {}, dispose() {}, [Symbol.dispose]() {},
      ...(name !== 'mute' && {
        async *generate(prompt, { maxNewTokens, temperature, topP, seed, signal }) {
          for (let i = 0; name === 'endless' || i < maxNewTokens; i++) {
            signal.throwIfAborted();
            if (name === 'endless') await new Promise((done) => setTimeout(done, 5));
            yield { text: i === 0 ? ' ' + [prompt.length, temperature, topP, seed].join(',') : ' ' + i };
          }
        },
      }),
    }),
  })),
`;

beforeAll(() => project.install('texts', pluginSource('texts', MODELS)));

const run = (args: readonly string[], more = {}) => paperzoo(['run', ...args], { cwd: project.folder, ...more });

describe('run with a language model', () => {
  test('writes the prompt and what follows', async () => {
    const { code, stdout, stderr } = await run(['counter', '--prompt', 'Call me', '-n', '3']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Call me 7,0,1,0 1 2\n' });
    expect(stderr).toMatch(/^counter on wasm: 3 tokens, .* each\n$/);
  });

  test('streams from the weights that the repository trained, without any network', async () => {
    const env = { HF_ENDPOINT: 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await run(['gla_tiny.moby_dick', '-p', 'Call me', '-n', '24'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Call me[\s\w.,;:!?'-]{24}\n$/);
    expect(stderr).toMatch(/^gla_tiny\.moby_dick on wasm: 24 tokens/m);
  });

  test('passes the options on, and gives one document with --json', async () => {
    const args = ['-p', 'a', '-n', '1', '--temperature', '0.5', '--top-p', '0.9', '--seed', '7', '--json', '-d', 'cpu'];
    const outcome = await run(['counter', ...args]);
    expect(parsed(outcome)).toMatchObject({
      model: 'counter',
      device: 'cpu',
      tokens: 1,
      prompt: 'a',
      text: ' 1,0.5,0.9,7',
    });
  });

  test('Ctrl-C ends it', async () => {
    const { code, stdout } = await run(['endless', '-p', 'x'], { interruptAt: /x .* 1/ });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^x 1,0,1,0 1/);
  });

  test('a missing prompt and a model without generate are told', async () => {
    const missing = await run(['counter']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/counter goes on with a text, and none was given\.\s+Give it with --prompt\./);
    expect((await run(['mute', '-p', 'x'])).stderr).toContain('mute has no generate');
  });
});
