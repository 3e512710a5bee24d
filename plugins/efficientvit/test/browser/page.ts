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

declare global {
  // The test calls this through the browser's debugging protocol.
  var runCases: (device: DeviceName, names: readonly string[]) => Promise<PageReport>;
}
globalThis.runCases = runCases;
