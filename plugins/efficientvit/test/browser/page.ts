import type { ImageModel } from '../../src/index';
import { failures, type Check } from '../harness/check';
import { Fixtures } from '../harness/fixtures';
import { runCase, zooOn, type DeviceName } from '../harness/run';

/** What the page reports of one case. */
export interface PageResult {
  readonly name: string;
  readonly failures: string | null;
  readonly worst: number;
}

/** What the page reports of one device. */
export interface PageReport {
  readonly isolated: boolean;
  readonly threads: number;
  readonly info: Readonly<Record<string, string | number | boolean>>;
  readonly results: readonly PageResult[];
}

async function fetchFixtures(): Promise<Fixtures> {
  const names = (await (await fetch('/fixtures.json')).json()) as string[];
  const files = await Promise.all(
    names.map(async (name) => {
      const response = await fetch(`/fixtures/${name}`);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return [name, new Uint8Array(await response.arrayBuffer())] as const;
    }),
  );
  return new Fixtures(new Map(files));
}

const worst = (checks: readonly Check[]) => checks.reduce((most, check) => Math.max(most, check.ratio), 0);

/** Runs the named cases in this page, one after the other. */
async function runCases(device: DeviceName, names: readonly string[]): Promise<PageReport> {
  const fixtures = await fetchFixtures();
  const zoo = await zooOn(device);
  try {
    const results: PageResult[] = [];
    for (const name of names) {
      const checks = await runCase({ zoo, fixtures }, name);
      results.push({ name, failures: failures(checks), worst: worst(checks) });
    }
    const { threads, info } = zoo.device.caps;
    return { isolated: globalThis.crossOriginIsolated, threads, info, results };
  } finally {
    await zoo.dispose();
  }
}

/** Dispatches of one inference of a freshly initialised model, once everything is compiled. */
async function dispatchesOf(name: string): Promise<number> {
  const zoo = await zooOn('webgpu');
  const model = await zoo.load<ImageModel>(name, { weights: false });
  const x = zoo.zeros([1, 3, 224, 224]);
  const device = zoo.device as typeof zoo.device & { readonly dispatches: number };
  const counts: number[] = [];
  for (let i = 0; i < 2; i++) {
    const before = device.dispatches;
    const y = model.forward(x);
    await y.data();
    y.dispose();
    counts.push(device.dispatches - before);
  }
  await zoo.dispose();
  return counts[1]!;
}

declare global {
  // The test calls this through the browser's debugging protocol.
  var runCases: (device: DeviceName, names: readonly string[]) => Promise<PageReport>;
  var dispatchesOf: (name: string) => Promise<number>;
}
globalThis.runCases = runCases;
globalThis.dispatchesOf = dispatchesOf;
