import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { documentedBlocks } from '../lib/documents.mjs';
import { commands } from '../lib/markdown.mjs';
import { npm } from '../lib/npm.mjs';
import { closure, installInto, packAll } from '../lib/pack.mjs';
import { runInPage } from '../lib/page.mjs';
import { capture } from '../lib/process.mjs';
import { HUB, SAMPLES } from '../lib/samples.mjs';
import { published, readJson, ROOT } from '../lib/workspace.mjs';

const blocks = documentedBlocks();
const programs = blocks.filter(({ lang }) => lang === 'ts');
const shells = blocks.filter(({ lang }) => lang === 'sh');
/** Languages that say nothing a test could run: output, file trees, citations. */
const PROSE = ['text', 'bibtex'];
const names = published().map(({ manifest }) => manifest.name);

// A reader's project: the packages as they are published, a photograph, a cache of its own, the hub played by samples.
let reader;
let env;
/** @type {Map<string, string>} */
let tarballs;
beforeAll(async () => {
  reader = mkdtempSync(join(tmpdir(), 'paperzoo-docs-'));
  tarballs = await packAll(reader);
  await installInto(reader, [...tarballs.values()]);
  // The benchmark suite is part of the repository and not published: its reader stands in a clone.
  symlinkSync(join(ROOT, 'benchmarks'), join(reader, 'node_modules/@paperzoo/benchmarks'), 'junction');
  // Optional peers, which documents tell to install: npm puts none there of its own accord.
  for (const name of ['onnxruntime-web', 'onnxruntime-node'])
    symlinkSync(join(ROOT, 'packages/onnx/node_modules', name), join(reader, 'node_modules', name), 'junction');
  cpSync(SAMPLES.photo, join(reader, 'cat.jpg'));
  env = {
    XDG_CACHE_HOME: join(reader, 'cache'),
    NODE_OPTIONS: `--import=${pathToFileURL(join(ROOT, 'tools/docs/hub.mjs')).href} --disable-warning=ExperimentalWarning`,
    PATH: [join(reader, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  };
});
afterAll(() => rmSync(reader, { recursive: true, force: true }));

test('every block is of a kind that is proven here', () => {
  const known = ['ts', 'ts page', 'sh', 'json', ...PROSE];
  const strange = blocks.filter(({ lang, info }) => !known.includes(`${lang} ${info}`.trim()));
  expect(strange.map(({ at, lang, info }) => `${at} ${lang} ${info}`)).toEqual([]);
  expect(programs.length).toBeGreaterThan(0);
  expect(shells.length).toBeGreaterThan(0);
});

describe('programs', () => {
  test('type-check as they stand', async () => {
    for (const { code, line, file } of programs)
      writeFileSync(join(reader, tsName(file, line)), `${code}\nexport {};\n`);
    const compilerOptions = {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true, noEmit: true },
      ...{ lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'], types: ['node'] },
      ...{ typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    writeFileSync(join(reader, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const tsc = join(ROOT, 'node_modules/typescript-7/bin/tsc');
    expect(await capture(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: reader })).toEqual({
      code: 0,
      output: '',
    });
  });

  test.each(programs.filter(({ info }) => info === ''))('$at runs in Node', async ({ code, file, line }) => {
    // The same step that a reader's bundler or tsc takes; it also lowers `using` for older Nodes.
    const { code: script } = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' });
    const name = tsName(file, line).replace('.ts', '.mjs');
    writeFileSync(join(reader, name), script);
    const { code: exit, output } = await capture(process.execPath, [name], { cwd: reader, env });
    expect({ exit, output: exit === 0 ? '' : output }).toEqual({ exit: 0, output: '' });
  });

  test.each(programs.filter(({ info }) => info === 'page'))('$at runs in a page', async ({ code }) => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: reader, loader: 'ts' },
      ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent' },
    });
    await runInPage(outputFiles[0].text, { '/cat.jpg': SAMPLES.photo, ...HUB });
  });
});

describe('commands', () => {
  const each = shells.flatMap(({ at, code }) => commands(code).map((command) => ({ at, command })));
  test.each(each)(
    '$at: $command',
    async ({ command }) => {
      const { code, output } = await prove(command);
      expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    },
    600_000,
  );
});

test('every block of JSON is JSON', () => {
  for (const { code } of blocks.filter(({ lang }) => lang === 'json')) expect(() => JSON.parse(code)).not.toThrow();
});

/** Runs a documented command where its reader would stand: in a clone, or in a project of their own. */
async function prove(command) {
  const [program, verb, ...rest] = command.split(/\s+/);
  if (program === 'git' && verb === 'clone') return { code: 0, output: '' }; // This is a clone.
  if (program === 'cd')
    return { code: existsSync(join(ROOT, rest.join(' '))) || verb === 'paperzoo' ? 0 : 1, output: `no folder ${verb}` };
  if (program === 'npm' && verb === 'install') return install(rest);
  if (program === 'npm' && verb === 'test') return { code: 0, output: '' }; // It is what runs this test.
  if (program === 'npm' && ['start', 'run'].includes(verb)) return npmScript(verb, rest);
  return capture('sh', ['-c', command], { cwd: reader, env });
}

/** npm install in an empty project, with the tarballs for what is not in the registry before its release. */
async function install(what) {
  const folder = mkdtempSync(join(reader, 'install-'));
  const ours = what
    .filter((name) => names.includes(name))
    .flatMap((name) => [...closure(name)].map((need) => tarballs.get(need)));
  const others = what.filter((name) => !names.includes(name));
  await installInto(folder, [...new Set([...ours, ...others])]);
  return { code: 0, output: '' };
}

function npmScript(verb, rest) {
  const { scripts } = readJson(join(ROOT, 'package.json'));
  const name = verb === 'run' ? rest[0] : 'start';
  if (!scripts[name]) return { code: 1, output: `package.json has no script ${name}` };
  // Formatting would write into the very tree that is being tested; that it changes nothing is a check of its own.
  if (name === 'format') return { code: 0, output: '' };
  const [command, args] = npm(verb, ...rest);
  return capture(command, args, { cwd: ROOT });
}

const tsName = (file, line) => `${file.replace(/\W/g, '-')}-${line}.ts`;
