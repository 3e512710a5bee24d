import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packages, ROOT, readJson } from '../lib/workspace.mjs';

const CORE = '@paperzoo/core';

/** What a package of each kind may need at run time: arrows point towards the core, and the core needs nobody. */
const MAY_NEED = {
  core: [],
  device: [CORE],
  hub: [CORE],
  nn: [CORE, '@paperzoo/hub'],
  onnx: [CORE, 'onnx-proto'],
  testing: [CORE, '@paperzoo/device-cpu'],
  weights: [],
  plugin: [CORE, '@paperzoo/nn', '@paperzoo/hub'],
};

/** Manifests that a user of the registry could trip over, and dependencies that point the wrong way. */
export async function manifests() {
  const { engines, license } = readJson(join(ROOT, 'package.json'));
  return packages()
    .flatMap(({ dir, manifest }) => {
      const runtime = needs(manifest);
      const allowed = MAY_NEED[kind(dir)];
      return [
        manifest.type === 'module' || 'is not an ES module',
        manifest.license === license || `has licence ${manifest.license}, not ${license}`,
        manifest.engines?.node === engines.node || `supports Node ${manifest.engines?.node}, not ${engines.node}`,
        manifest.sideEffects === false || 'must say "sideEffects": false',
        !manifest.scripts || 'has scripts, which would compete with the targets of tools/nx/plugin.cjs',
        ...(manifest.private ? [] : publishing(dir, manifest)),
        ...(allowed
          ? runtime.map((name) => allowed.includes(name) || isPlugin(dir, name) || `must not need ${name}`)
          : []),
      ].map((ok) => ok === true || `${dir}/package.json: ${ok}`);
    })
    .filter((problem) => problem !== true);
}

/** What has to be there at run time: an optional peer only adds a feature, and says so when it is missing. */
const needs = ({ dependencies, peerDependencies = {}, peerDependenciesMeta = {} }) => [
  ...Object.keys(dependencies ?? {}),
  ...Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional),
];

const publishing = (dir, manifest) => [
  Boolean(manifest.description) || 'has no description',
  manifest.files?.includes('dist') || 'does not publish dist',
  manifest.publishConfig?.access === 'public' || 'is not published for everybody',
  manifest.publishConfig?.provenance === true || 'is not published with provenance',
  existsSync(join(ROOT, dir, 'README.md')) || 'has no README.md beside it',
  !manifest.dependencies?.[CORE] ||
    dir === 'packages/cli' ||
    `must have ${CORE} as a peer: two cores in one program do not know each other`,
];

/** A plugin may need another plugin, for a building block that lives there. */
const isPlugin = (dir, name) =>
  kind(dir) === 'plugin' && existsSync(join(ROOT, 'plugins', name.replace('@paperzoo/', '')));

function kind(dir) {
  if (dir.startsWith('plugins/')) return 'plugin';
  const name = dir.replace('packages/', '');
  return /^(device|weights)-/.exec(name)?.[1] ?? name;
}
