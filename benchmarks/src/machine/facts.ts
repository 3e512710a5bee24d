import { execFile } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as osType, arch } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Machine } from '../results';
import { versionOf } from './version';

const PACKAGES = [
  '@paperzoo/core',
  '@paperzoo/device-wasm',
  '@paperzoo/device-webgpu',
  '@paperzoo/efficientvit',
  '@paperzoo/gla',
  'onnxruntime-web',
  'onnxruntime-node',
  '@tensorflow/tfjs-backend-wasm',
  '@jax-js/jax',
];

/** Collects what a reader needs to judge the numbers. Never fails: what cannot be found out is left out. */
export async function machineFacts(): Promise<Machine> {
  const commit = await gitCommit();
  const found = await Promise.all(PACKAGES.map(async (name) => [name, await versionOf(name)] as const));
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    os: `${osType()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    packages: Object.fromEntries(found.filter(([, version]) => version !== undefined)) as Record<string, string>,
    ...(commit === undefined ? {} : { commit }),
    loadAtStart: loadavg()[0] ?? 0,
  };
}

async function gitCommit(): Promise<string | undefined> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: dirname(fileURLToPath(import.meta.url)), timeout: 5000 })).stdout;
  try {
    const commit = (await git('rev-parse', '--short=12', 'HEAD')).trim();
    return (await git('status', '--porcelain', '--untracked-files=no')).trim() ? `${commit}+` : commit;
  } catch {
    return undefined;
  }
}
