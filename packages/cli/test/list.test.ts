import { describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';

interface Listing {
  models: { name: string; task: string; params: number; plugin: string; hub?: { repo: string } }[];
  plugins: { name: string }[];
  broken: { unbuilt?: boolean }[];
}

describe('list', () => {
  test('names all models of the repository, in natural order', async () => {
    const outcome = await paperzoo(['list', '--json']);
    const { models, plugins, broken } = parsed<Listing>(outcome);
    const names = models.filter(({ plugin }) => plugin === '@paperzoo/efficientvit').map(({ name }) => name);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const published = [0, 1, 2, 3, 4, 5].map((i) => `efficientvit_m${i}.r224_in1k`);
    expect(names.slice(0, 7)).toEqual(['efficientvit_m0.fashion_mnist', ...published]);
    expect(plugins.map(({ name }) => name)).toContain('@paperzoo/efficientvit');
    expect(broken.filter(({ unbuilt }) => !unbuilt)).toEqual([]);
  });

  test('takes globs and parts of names', async () => {
    const question = parsed<Listing>(await paperzoo(['list', 'efficientvit_m?.r*', '--pretrained', '--json']));
    expect(question.models).toHaveLength(6);
    const part = parsed<Listing>(await paperzoo(['list', 'efficientvit_m5', '--json']));
    expect(part.models.map(({ name, plugin }) => [name, plugin])).toEqual([
      ['efficientvit_m5.r224_in1k', '@paperzoo/efficientvit'],
    ]);
  });

  test('prints one row per model, within 60 columns when that is all there is', async () => {
    const { stdout } = await paperzoo(['list'], { env: { COLUMNS: '60' } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^MODEL +PARAMS +MACS/);
    expect(lines.find((line) => line.startsWith('efficientvit_m0.r'))).toMatch(/2\.35 M +79\.2 M +published/);
    expect(lines.find((line) => line.startsWith('efficientvit_m0.f'))).toMatch(/2\.16 M +6\.05 M +published/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    const { stdout: wide } = await paperzoo(['list']);
    expect(wide).toContain('hf:timm/efficientvit_m0.r224_in1k');
    expect(wide).toContain('npm:@paperzoo/weights-efficientvit-fashion-mnist');
  });

  test('says what is near when nothing matches', async () => {
    const { code, stdout, stderr } = await paperzoo(['list', 'eficientvit_m4']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/No model matches "eficientvit_m4"\.\n +Nearest: .*efficientvit_m4\.r224_in1k/);
  });

  test('does not complain when nobody reads', async () => {
    expect(await paperzoo(['list', '--json'], { deaf: true })).toMatchObject({ code: 0, stderr: '' });
  });
});
