import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { closure, installInto, packAll } from '../lib/pack.mjs';
import { capture } from '../lib/process.mjs';
import { published, readJson, ROOT } from '../lib/workspace.mjs';

const names = published().map(({ manifest }) => manifest.name);
/** These serve pages too; the others are programs and tests, which only Node runs. */
const forPages = names.filter((name) => !['paperzoo', '@paperzoo/testing'].includes(name));

let work;
/** @type {Map<string, string>} */
let tarballs;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'paperzoo-pack-'));
  tarballs = await packAll(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const tarball = (name) => tarballs.get(name) ?? fail(`${name} was not packed`);
/** @returns {never} */
function fail(message) {
  throw new Error(message);
}

const installed = new Map();
/** A project that holds one package and what it needs, installed once. */
function project(name) {
  const folder = join(work, name.replace(/\W/g, '-'));
  if (!installed.has(name)) {
    installed.set(
      name,
      installInto(
        folder,
        [...closure(name)].map((need) => tarball(need)),
      ).then(() => folder),
    );
  }
  return installed.get(name);
}

async function node(folder, file, source) {
  writeFileSync(join(folder, file), source);
  const { code, output } = await capture(process.execPath, [file], { cwd: folder });
  return code === 0 ? 'ok' : output;
}

describe.each(names)('%s as it is published', (name) => {
  test('publint has nothing to say', async () => {
    const { buffer } = new Uint8Array(readFileSync(tarball(name)));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('the tarball holds built files, README and licence, and no sources or tests', async () => {
    const { output } = await capture('tar', ['tzf', tarball(name)]);
    const files = output.split('\n').map((file) => file.replace('package/', ''));
    expect(files).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    );
    const usual = /^(package\.json|README\.md|LICENSE|THIRD-PARTY\.md|dist\/.+)$/;
    const data = name.startsWith('@paperzoo/weights-') ? /^(model\.safetensors|config\.json|samples\/.+\.png)$/ : usual;
    expect(files.filter((file) => !usual.test(file) && !data.test(file))).toEqual([]);
  });

  test('installs into an empty project and answers to import and to require', async () => {
    const folder = await project(name);
    const say = `if (Object.keys(api).length === 0) throw new Error('no exports')`;
    expect(await node(folder, 'esm.mjs', `import * as api from '${name}'; ${say}`)).toBe('ok');
    const quiet = await capture(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '-e', `const api = require('${name}'); ${say}`],
      {
        cwd: folder,
      },
    );
    expect(quiet).toEqual({ code: 0, output: '' });
  });

  test.each(['nodenext', 'bundler'])('its types hold under %s resolution', async (resolution) => {
    const folder = await project(name);
    writeFileSync(
      join(folder, 'types.ts'),
      `import * as api from '${name}';\nexport const names: string[] = Object.keys(api);\n`,
    );
    const options = {
      ...{ module: resolution === 'nodenext' ? 'nodenext' : 'esnext', moduleResolution: resolution },
      ...{ target: 'es2022', lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'] },
      ...{ strict: true, noEmit: true, types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['types.ts'] }));
    const tsc = join(ROOT, 'node_modules/typescript-7/bin/tsc');
    expect(await capture(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder })).toEqual({
      code: 0,
      output: '',
    });
  });
});

async function bundle(folder, source) {
  const { outputFiles, warnings } = await build({
    stdin: { contents: source, resolveDir: folder },
    ...{
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
    },
  });
  expect(warnings).toEqual([]);
  return outputFiles[0].contents;
}

test.each(forPages)('%s bundles for a page without a single Node module', async (name) => {
  const bytes = await bundle(await project(name), `export * from '${name}'`);
  expect(bytes.length).toBeGreaterThan(20);
});

// Budgets of the project: what a page downloads before any paper, minified and gzipped.
test.each([
  ['the core', ['@paperzoo/core'], 40_000],
  ['the core and the WASM device with all its kernels', ['@paperzoo/core', '@paperzoo/device-wasm'], 80_000],
  ['the core and the WebGPU device with all its kernels', ['@paperzoo/core', '@paperzoo/device-webgpu'], 65_000],
])('size of %s', async (_what, imports, budget) => {
  const source = imports.map((name) => `export * from '${name}';`).join('\n');
  const size = gzipSync(await bundle(await project(imports.at(-1)), source), { level: 9 }).length;
  expect(size).toBeLessThanOrEqual(budget);
});

test.each(names)('importing %s changes no global', async (name) => {
  const source = `const before = new Set(Reflect.ownKeys(globalThis));
    await import('${name}');
    const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key));
    if (added.length > 0) throw new Error('added ' + added.map(String));`;
  expect(await node(await project(name), 'globals.mjs', source)).toBe('ok');
});

test('all packages carry one version', () => {
  const versions = new Set(published().map(({ dir }) => readJson(join(ROOT, dir, 'package.json')).version));
  expect(versions.size).toBe(1);
});
