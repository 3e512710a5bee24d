// One definition of the targets of every package; a package opts in by having the file that the target needs.
const { dirname, join, relative } = require('node:path');
const { existsSync, readFileSync } = require('node:fs');

const common = { cache: true, options: { cwd: '{projectRoot}' } };
const inputs = ['default', '^production'];
// A pass on one Node, or without a browser, says nothing about another.
const machine = [{ runtime: 'node -v' }, { runtime: 'node tools/chromium.mjs' }];

function targets(dir, workspace) {
  const has = (file) => existsSync(join(workspace, dir, file));
  // nx replaces {workspaceRoot} only at the start of an option, so the way up is computed here.
  const root = relative(dir, '.').replaceAll('\\', '/');
  const bin = (path) => `node ${root}/node_modules/${path}`;
  const jest = `node --experimental-vm-modules --disable-warning=ExperimentalWarning ${root}/node_modules/jest/bin/jest.js`;
  const dependsOn = has('assembly/build.json') ? ['generate', '^generate'] : ['^generate'];
  // Programs start what was built, so what they load must be there; tests and type-checks elsewhere work from sources.
  const { bin: program } = JSON.parse(readFileSync(join(workspace, dir, 'package.json'), 'utf8'));
  const built = program || !dir.startsWith('packages/') ? ['^build'] : [];
  return {
    ...(has('assembly/build.json') && {
      generate: {
        ...common,
        command: `node ${root}/tools/asc.mjs`,
        inputs: [
          '{projectRoot}/assembly/**/*',
          '{workspaceRoot}/packages/device-wasm/assembly/**/*',
          '{workspaceRoot}/tools/asc.mjs',
          { externalDependencies: ['assemblyscript'] },
        ],
        outputs: ['{projectRoot}/src/generated'],
      },
    }),
    ...(has('tsup.config.ts') && {
      build: {
        ...common,
        command: bin('tsup/dist/cli-default.js'),
        inputs: ['production', '^production'],
        outputs: ['{projectRoot}/dist'],
        dependsOn: [...dependsOn, ...built],
      },
    }),
    typecheck: { ...common, command: `${bin('typescript-7/bin/tsc')} -p . --noEmit`, inputs, dependsOn },
    lint: { ...common, command: `${bin('eslint/bin/eslint.js')} --max-warnings 0 .`, inputs, dependsOn },
    test: {
      ...common,
      command: `${jest} -c ${root}/jest.config.cjs --rootDir . --json --outputFile=.jest-results.json`,
      inputs: [...inputs, ...machine],
      outputs: ['{projectRoot}/.jest-results.json'],
      dependsOn: program ? [...dependsOn, 'build', ...built] : dependsOn,
    },
  };
}

exports.name = 'paperzoo-targets';
exports.createNodesV2 = [
  '{packages/*,plugins/*,benchmarks}/package.json',
  (files, _options, context) =>
    files.map((file) => {
      const dir = dirname(file);
      return [file, { projects: { [dir]: { targets: targets(dir, context.workspaceRoot) } } }];
    }),
];
// The name that nx 24 looks for.
exports.createNodes = exports.createNodesV2;
