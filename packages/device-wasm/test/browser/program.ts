import { add, createZoo } from '@paperzoo/core';
import { wasm, type WasmOptions } from '../../src/index';

/** Adds two long tensors on a device of these options and tells what the page granted. */
async function run(options: WasmOptions): Promise<{ threads: number; reason?: unknown; sum: number }> {
  const zoo = await createZoo({ device: wasm(options) });
  const x = zoo.full([100_000], 2);
  let sum = 0;
  for (let i = 0; i < 50; i++) sum += zoo.scope(() => add(x, i)).dataSync()[99_999]!;
  const { threads, info } = zoo.device.caps;
  await zoo.dispose();
  return { threads, ...(info.threadsReason !== undefined && { reason: info.threadsReason }), sum };
}

Object.assign(globalThis, { run });
