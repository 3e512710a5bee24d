import { AttrError, type DeviceFactory } from '@paperzoo/core';
import { WasmDevice } from './device';
import { wasmKernels } from './kernels/index';
import { relaxedKernels } from './kernels/relaxed';
import { DeviceMemory } from './memory/memory';
import { hasRelaxedSimd } from './module/relaxed';
import { Pool } from './pool/pool';
import { isNode } from './pool/spawn';

export interface WasmOptions {
  /** Threads in all, the calling one included; default 1. More than 1 needs shared memory: always in Node, in pages with cross-origin isolation. */
  threads?: number;
  /** Bytes of memory at the start (default 1 MiB) and at most (default and limit 4 GiB). */
  initialBytes?: number;
  maximumBytes?: number;
  /** Address of `@paperzoo/device-wasm/worker.js` as your server offers it; needed where a content policy forbids Blob workers. */
  workerUrl?: string | URL;
  /**
   * Use fused multiply-add where the engine has relaxed SIMD (Node from 22 on, or 20 with `--experimental-wasm-relaxed-simd`; Chromium):
   * products and convolutions run a third faster, and their last bits may differ between processors. Default false; elsewhere it changes
   * nothing, and `caps.info.simd` tells which is in use.
   */
  relaxedSimd?: boolean;
  /** Fill fresh memory with NaN, put guard bytes around every block and check them after every kernel. Slow; for tests. */
  debug?: boolean;
}

const MAX_THREADS = 64;
/** A worker that has not answered by then never will; the page goes on with one thread. */
const START_TIMEOUT_MS = 5000;

/**
 * The WebAssembly SIMD device: `createZoo({ device: wasm({ threads: 2 }) })`.
 * Where threads were asked for and cannot be had, it runs on one and `caps.info.threadsReason` says why.
 * Throws `AttrError` for impossible options, `DeviceError` when no memory can be reserved.
 */
export function wasm(options: WasmOptions = {}): DeviceFactory {
  const threads = options.threads ?? 1;
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new AttrError(`threads must be a whole number from 1 to ${MAX_THREADS}, got ${threads}.`, {
      argument: 'threads',
      expected: `1..${MAX_THREADS}`,
      got: threads,
    });
  }
  return async () => {
    const obstacle = threads > 1 ? sharingObstacle() : undefined;
    const shared = threads > 1 && !obstacle;
    const memory = new DeviceMemory({
      shared,
      ...(options.initialBytes !== undefined && { initialBytes: options.initialBytes }),
      ...(options.maximumBytes !== undefined && { maximumBytes: options.maximumBytes }),
    });
    const { pool, reason } = shared
      ? await startPool(threads, memory, options.workerUrl)
      : { pool: undefined, reason: obstacle };
    const relaxed = options.relaxedSimd === true && hasRelaxedSimd();
    return new WasmDevice({
      memory,
      pool,
      kernels: relaxed ? [...wasmKernels, ...relaxedKernels] : wasmKernels,
      debug: options.debug ?? false,
      caps: Object.freeze({
        device: 'wasm',
        threads: pool?.threads ?? 1,
        maxBufferBytes: memory.maximumBytes - 65536,
        info: Object.freeze({
          simd: relaxed ? 'relaxed' : 'simd128',
          sharedMemory: shared,
          ...(reason && { threadsReason: reason }),
        }),
      }),
    });
  };
}

function sharingObstacle(): string | undefined {
  if (typeof SharedArrayBuffer === 'undefined' || !(isNode() || globalThis.crossOriginIsolated)) {
    return 'this page is not cross-origin isolated: serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
  }
  return undefined;
}

async function startPool(
  threads: number,
  memory: DeviceMemory,
  workerUrl: string | URL | undefined,
): Promise<{ pool?: Pool; reason?: string }> {
  let pool: Pool | undefined;
  let reason: string | undefined;
  try {
    pool = new Pool({ threads, memory: memory.memory, workerUrl });
    // Node always starts its workers, so nobody need wait for them; a page's policy may forbid it, which shows only later.
    if (!isNode()) reason = await startFailure(pool);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  if (reason === undefined && pool) return { pool };
  await pool?.dispose();
  return { reason: `workers cannot start: ${reason}` };
}

async function startFailure(pool: Pool): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  });
  const late = await Promise.race([pool.started().then(() => undefined), timeout]);
  clearTimeout(timer);
  return late ?? pool.failure;
}
