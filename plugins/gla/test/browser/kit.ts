import { webgpu } from '@paperzoo/device-webgpu';
import { conform } from '@paperzoo/testing';
import gla from '../../src/index';

/** What the page tells the test. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Runs the kit over every op inside this page; the checks of many sizes take the software adapter minutes. */
async function runKit(): Promise<Report> {
  const failures: string[] = [];
  let passed = 0;
  for (const { name, run } of conform(gla, { devices: { webgpu: webgpu() } })) {
    if (!name.startsWith('webgpu · ') || name.endsWith('generated sizes')) continue;
    try {
      await run();
      passed++;
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { passed, failures };
}

Object.assign(globalThis, { runKit, ready: true });
