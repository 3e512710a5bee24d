import { createZoo, type DeviceFactory } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { webgpu } from '@paperzoo/device-webgpu';
import { conform } from '../../src/index';
import { coreOps } from '../core-ops';

/** What a page tells the test about its run. */
export interface PageResult {
  readonly isolated: boolean;
  readonly threads: number;
  readonly threadsReason: string | undefined;
  readonly passed: number;
  readonly failures: readonly string[];
}

const DEVICES = {
  cpu: () => cpu(),
  wasm: (threads: number) => wasm({ threads, debug: true }),
  webgpu: () => webgpu(),
} as const satisfies Record<string, (threads: number) => DeviceFactory>;

/** Runs the kit over the core's ops inside this page; gradients are the float64 device's and need no browser. `leftOut` names checks. */
async function runKit(device: keyof typeof DEVICES, threads: number, leftOut: string[] = []): Promise<PageResult> {
  const factory = DEVICES[device](threads);
  const zoo = await createZoo({ device: factory });
  const { caps } = zoo.device;
  await zoo.dispose();
  const failures: string[] = [];
  let passed = 0;
  for (const { name, run } of conform(coreOps, { devices: { [device]: factory } })) {
    if (name.startsWith('gradient') || leftOut.includes(name)) continue;
    try {
      await run();
      passed++;
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const threadsReason = caps.info.threadsReason;
  return {
    isolated: globalThis.crossOriginIsolated,
    threads: caps.threads,
    threadsReason: threadsReason === undefined ? undefined : String(threadsReason),
    passed,
    failures,
  };
}

Object.assign(globalThis, { runKit });
