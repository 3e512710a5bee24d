import { createZoo } from '@paperzoo/core';
import { webgpu } from '@paperzoo/device-webgpu';
import { nnCases } from '../cases/index';
import { UpstreamFile } from '../upstream';

const bytes = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** What is wrong with a case on WebGPU, what it left on the device. */
async function runCase(name: string) {
  const fixtures = new UpstreamFile(await bytes('/train.json'), await bytes('/train.safetensors'));
  const zoo = await createZoo({ device: webgpu(), log: () => undefined });
  try {
    const wrong = await nnCases[name]!({ zoo, fixtures });
    return { device: zoo.device.name, wrong, left: zoo.memory().buffers };
  } finally {
    await zoo.dispose();
  }
}
export type CaseReport = Awaited<ReturnType<typeof runCase>>;
Object.assign(globalThis, { runCase, ready: true });
