// The page that runs the lists of cases on WebGPU; the test outside asks for one case at a time.
import { createZoo, type Zoo } from '@paperzoo/core';
import { webgpu } from '@paperzoo/device-webgpu';
import plugin from '../../src/index';
import { suites, type SuiteName } from '../cases/index';
import { provide, SITE } from '../harness/files';

let zoo: Zoo;

/** Fetches the fixtures and opens the device; returns the adapter's name. */
async function open(): Promise<string> {
  const paths = (await (await fetch(`${SITE}index.json`)).json()) as string[];
  await Promise.all(
    paths.map(async (path) => provide(path, new Uint8Array(await (await fetch(SITE + path)).arrayBuffer()))),
  );
  zoo = await createZoo({ device: webgpu(), plugins: [plugin], log: () => undefined });
  return String(zoo.device.caps.info.adapter);
}

/** What is wrong with a case on this page's device; it gives back every tensor that it made. */
async function runCase(suite: SuiteName, name: string): Promise<readonly string[]> {
  const { run } = suites[suite]().find((entry) => entry.name === name)!;
  const before = zoo.memory();
  const wrong = await run(zoo);
  const kept = zoo.memory().tensors - before.tensors;
  return kept === 0 ? wrong : [...wrong, `${kept} tensors were kept`];
}

Object.assign(globalThis, { open, runCase, ready: true });
