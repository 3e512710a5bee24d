import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checks } from '../checks/index.mjs';
import { findChromium } from './chromium.mjs';
import { nx, NX_RUN } from './nx.mjs';
import { run } from './process.mjs';
import { setup } from './setup.mjs';
import { Tally } from './tally.mjs';
import { packages, readJson, ROOT } from './workspace.mjs';

/** The last line once more, for who runs this inside something that prints after it. */
const SUMMARY = join(ROOT, '.results/summary');
const TARGETS = ['build', 'typecheck', 'lint', 'test'];

/** Runs everything that must hold before a change lands and resolves to the exit code; the last line is the count. */
export async function test() {
  const began = performance.now();
  rmSync(SUMMARY, { force: true });
  const installed = await setup();
  if (installed !== 0) return installed;
  // The tests look into this variable and one fixed path; a browser found elsewhere must serve them too.
  const browser = findChromium();
  if (browser) process.env.CHROMIUM_PATH = browser;
  const tally = new Tally();
  await packageTargets(tally);
  await repositoryChecks(tally);
  await repositoryTests(tally);
  const seconds = Math.round((performance.now() - began) / 1000);
  for (const line of tally.report()) console.log(line);
  console.log(`\nBuilds, types, lint, tests and repository checks of ${packages().length} packages in ${seconds} s`);
  const count = `${tally.passed} passed, ${tally.failed} failed`;
  console.log(count);
  mkdirSync(dirname(SUMMARY), { recursive: true });
  writeFileSync(SUMMARY, `${count}\n`);
  return tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

async function packageTargets(tally) {
  heading('Packages');
  for (const { dir } of packages()) rmSync(join(ROOT, dir, '.jest-results.json'), { force: true });
  rmSync(NX_RUN, { force: true });
  await nx(['run-many', '-t', ...TARGETS], (line) => console.log(line));
  const tasks = new Map(readIfThere(NX_RUN)?.tasks.map((task) => [task.taskId, task]));
  for (const { dir, manifest } of packages()) {
    for (const target of TARGETS) {
      if (!tasks.has(`${manifest.name}:${target}`)) tally.fail(`${manifest.name}:${target}`, 'did not run');
    }
    const task = tasks.get(`${manifest.name}:test`);
    if (task) tally.jest(manifest.name, readIfThere(join(ROOT, dir, '.jest-results.json')), task.status === 0);
  }
  for (const { taskId, target, status } of tasks.values()) if (target !== 'test') tally.check(taskId, status === 0);
}

async function repositoryChecks(tally) {
  heading('Repository');
  for (const [name, check] of Object.entries(checks)) {
    const problems = await check();
    console.log(`${problems.length === 0 ? '✔' : '✖'}  ${name}`);
    for (const problem of problems) console.log(`   ${problem}`);
    tally.check(name, problems.length === 0, problems[0]);
  }
}

async function repositoryTests(tally) {
  const report = join(ROOT, 'tools/.jest-results.json');
  rmSync(report, { force: true });
  const { code } = await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...['-c', 'jest.config.cjs', '--rootDir', 'tools', '--runInBand', '--json', `--outputFile=${report}`],
    ],
    { cwd: ROOT },
  );
  tally.jest('repository', readIfThere(report), code === 0);
}

const heading = (text) => console.log(`\n== ${text} ==`);
const readIfThere = (path) => (existsSync(path) ? readJson(path) : undefined);
