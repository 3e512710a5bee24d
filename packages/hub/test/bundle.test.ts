import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const bundle = async (platform: 'browser' | 'neutral' | 'node', minify: boolean) => {
  const conditions = ['@paperzoo/source'];
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform,
    minify,
    conditions,
    logLevel: 'silent',
  });
  return { text: result.outputFiles[0]!.text, warnings: result.warnings };
};

describe('bundles', () => {
  test.each([
    ['browser', false],
    ['browser', true],
    ['neutral', true],
  ] as const)('for %s, minified: %s, ask for nothing of Node', async (platform, minify) => {
    const { text, warnings } = await bundle(platform, minify);
    expect(warnings).toEqual([]);
    expect(text).not.toMatch(/(?:from|import|require)\s*\(?\s*["'](?:node:|sharp)/);
  });
});

describe('without the optional parts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperzoo-'));
    await writeFile(join(folder, 'hub.mjs'), (await bundle('node', false)).text);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = async (program: string) => {
    await writeFile(join(folder, 'program.mjs'), program);
    return (await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: folder })).stdout.trim();
  };

  test('an image without sharp is a HubError that says how to install it', async () => {
    const image = fileURLToPath(new URL('./fixtures/rocket.jpg', import.meta.url));
    const output = await run(`
      import { decodeImage } from './hub.mjs';
      await decodeImage(${JSON.stringify(image)}).catch((error) => console.log(error.name + ': ' + error.message));
    `);
    expect(output).toMatch(/^HubError: .*"sharp".*npm install sharp/);
  });

  test('importing touches neither network nor disk', async () => {
    const output = await run(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const touched = [];
      const note = (object, name) => {
        const real = object[name];
        object[name] = (...args) => {
          // Node's own loader reads the module through the same functions.
          if (new Error().stack.includes('hub.mjs')) touched.push(name);
          return Reflect.apply(real, object, args);
        };
      };
      for (const name of Object.keys(fs.promises)) if (typeof fs.promises[name] === 'function') note(fs.promises, name);
      for (const name of ['mkdir', 'mkdirSync', 'writeFileSync', 'readdirSync']) note(fs, name);
      note(globalThis, 'fetch');
      syncBuiltinESMExports();
      const loaded = await import('./hub.mjs');
      console.log(JSON.stringify([touched, typeof loaded.fetchCheckpoint]));
    `);
    expect(JSON.parse(output)).toEqual([[], 'function']);
  });
});
