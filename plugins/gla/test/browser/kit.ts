import type { Op } from '@paperzoo/core';
import { webgpu } from '@paperzoo/device-webgpu';
import { conform } from '@paperzoo/testing';
import gla, { gla as glaOp, glaGrad } from '../../src/index';

/** What the page tells the test. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Runs the kit over `gla` and its gradient inside this page; the checks of many sizes take the software adapter minutes. */
async function runKit(): Promise<Report> {
  const ops: readonly Op[] = [glaOp, glaGrad];
  const names = ops.map((op) => `webgpu · ${op.name} · `);
  const failures: string[] = [];
  let passed = 0;
  for (const { name, run } of conform(gla, { devices: { webgpu: webgpu() } })) {
    const wanted = names.some((start) => name.startsWith(start)) && !name.endsWith('generated sizes');
    if (!wanted && !name.includes('every kernel') && !name.includes('memory is back')) continue;
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
