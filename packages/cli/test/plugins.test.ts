import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { paperzoo, parsed } from './support/cli';
import { pluginSource, Project } from './support/project';

interface Listing {
  models: { name: string }[];
  plugins: { name: string; version?: string; path: string }[];
  broken: { name: string; error: string }[];
}

const MODEL = `models: [{ name: 'toy.v1', task: 'toys', config: {}, load: async () => { throw new Error('never'); } }],`;

let project: Project;
beforeAll(() => {
  project = new Project();
  project.install('good', pluginSource('good', MODEL));
  project.install('@scope/good', pluginSource('@scope/good'));
  // Recognised by the keyword alone, found through its exports.
  project.install('tagged', pluginSource('tagged'), { keywords: ['paperzoo-plugin'], exports: './plugin.mjs' });
  project.install('stranger', 'throw new Error("nobody may import me")', {});
  project.install('throws', 'throw new Error("out of luck\\nsecond line")');
  project.install('syntax', 'export default {');
  project.install('empty', 'export const nothing = 1');
  project.install('unbuilt', null);
  project.install('outside', pluginSource('outside'), { paperzoo: { plugin: '../good/plugin.mjs' } });
  project.install('foreign', `export default { name: 'foreign', api: 1, core: Symbol('another core') }`);
  project.install('future', pluginSource('future').replace('api: 1', 'api: 99'));
  project.write('node_modules/garbage/package.json', '{ not json');
});
afterAll(() => project.remove());

const list = async (...args: string[]) => {
  const outcome = await paperzoo(['list', '--json', ...args], { cwd: project.folder });
  return { ...outcome, ...parsed<Listing>(outcome) };
};

describe('plugins', () => {
  test('are found in node_modules by field and by keyword, with this repository’s own', async () => {
    const { code, plugins, models } = await list();
    expect(code).toBe(0);
    const names = plugins.map(({ name }) => name);
    expect(names).toContain('@paperzoo/efficientvit');
    expect(names.filter((name) => !name.startsWith('@paperzoo/')).sort()).toEqual(['@scope/good', 'good', 'tagged']);
    expect(plugins.find(({ name }) => name === 'good')).toMatchObject({ version: '1.2.3' });
    expect(models.map(({ name }) => name)).toContain('toy.v1');
  });

  test('that are broken are reported one by one, and the rest go on', async () => {
    const { code, stderr, ...listing } = await list();
    const broken = listing.broken.filter(({ name }) => !name.startsWith('@paperzoo/'));
    expect(code).toBe(0);
    const reasons = Object.fromEntries(broken.map(({ name, error }) => [name, error]));
    expect(reasons).toEqual({
      throws: 'out of luck',
      syntax: expect.stringContaining('SyntaxError'),
      empty: expect.stringContaining('definePlugin'),
      unbuilt: expect.stringContaining('is the package built?'),
      outside: expect.stringContaining('points outside of the package'),
      foreign: expect.stringContaining('another copy of @paperzoo/core'),
      future: expect.stringContaining('core api 99'),
    });
    const warnings = stderr.trimEnd().split('\n');
    expect(warnings).toHaveLength(broken.length);
    for (const line of warnings) expect(line).toMatch(/^warning: plugin \w+ is left out: /);
  });

  test('are found from folders below the project, too', async () => {
    const below = join(project.folder, 'src/deep');
    mkdirSync(below, { recursive: true });
    const { models } = parsed<Listing>(await paperzoo(['list', 'toy', '--json'], { cwd: below }));
    expect(models.map(({ name }) => name)).toEqual(['toy.v1']);
  });

  test('--plugin adds a file, a folder or a package, which win over others of their name', async () => {
    const file = project.write('mine.mjs', pluginSource('mine'));
    const folder = join(project.folder, 'local');
    project.write(
      'local/package.json',
      '{ "name": "good", "type": "module", "paperzoo": { "plugin": "./plugin.mjs" } }',
    );
    project.write('local/plugin.mjs', pluginSource('good'));
    const { plugins, models } = await list('--plugin', file, '--plugin', './local', '--plugin', '@scope/good');
    expect(plugins.find(({ name }) => name === 'mine')).toEqual({ name: 'mine', path: file });
    expect(plugins.find(({ name }) => name === 'good')?.path).toBe(folder);
    expect(plugins.filter(({ name }) => name === '@scope/good')).toHaveLength(1);
    expect(models.map(({ name }) => name)).not.toContain('toy.v1');
  });

  test('whose kernels do not load leave the others usable', async () => {
    const kernels = `kernels: { wasm: async () => { throw new Error('no kernels today'); } },`;
    const file = project.write('kernels.mjs', pluginSource('kernels', kernels));
    const args = ['info', 'efficientvit_m0', '--device', 'wasm', '--plugin', file];
    const { code, stdout, stderr } = await paperzoo(args);
    expect(code).toBe(0);
    expect(stdout).toContain('2349436');
    expect(stderr).toMatch(/^warning: plugin kernels is left out: .*no kernels today/);
  });

  test('a model that is no classifier is listed, and refused by run', async () => {
    const { code, stderr } = await paperzoo(['run', 'toy', '-i', 'x.jpg'], { cwd: project.folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: .*toy\.v1 \(toys\) cannot be run from the command line/);
    const shown = await paperzoo(['info', 'toy'], { cwd: project.folder });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/task +toys/);
  });
});
