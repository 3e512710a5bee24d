import { createZoo, type DeviceFactory, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { webgpu } from '@paperzoo/device-webgpu';
import efficientvit from '../../src/index';
import { ownCases, runnerOf } from '../cases/index';
import { truth, type Check } from './check';
import type { Env } from './runner';

/** The devices that cases run on. */
export const DEVICES = ['cpu', 'wasm', 'wasm 2 threads', 'webgpu'] as const;
export type DeviceName = (typeof DEVICES)[number];

const factories: Record<DeviceName, () => DeviceFactory> = {
  cpu: () => cpu(),
  wasm: () => wasm({ threads: 1 }),
  'wasm 2 threads': () => wasm({ threads: 2 }),
  webgpu: () => webgpu(),
};

/** A zoo on one of the devices, with this plugin. */
export async function zooOn(device: DeviceName): Promise<Zoo> {
  return createZoo({ device: factories[device](), plugins: [efficientvit], log: () => undefined });
}

/** All comparisons of one case; the last two say whether a listed output was forgotten and whether every tensor was given back. */
export async function runCase(env: Env, name: string): Promise<Check[]> {
  const before = env.zoo.memory();
  const checks = await (ownCases[name]?.(env) ?? runListed(env, name));
  const after = env.zoo.memory();
  const kept = after.tensors - before.tensors;
  const bytes = after.bytes - before.bytes + after.packedBytes - before.packedBytes;
  return [...checks, truth('memory', kept === 0 && bytes === 0, `${kept} tensors and ${bytes} bytes were kept`)];
}

async function runListed(env: Env, name: string): Promise<Check[]> {
  const runner = runnerOf(name);
  if (!runner) throw new Error(`No runner for the case "${name}".`);
  const entry = env.fixtures.find(name);
  const checks = await runner(env, entry);
  const compared = new Set(checks.map((check) => check.output));
  const forgotten = Object.keys(entry.outputs).filter((output) => !compared.has(output));
  return [...checks, truth('outputs', forgotten.length === 0, `not compared: ${forgotten.join(', ')}`)];
}
