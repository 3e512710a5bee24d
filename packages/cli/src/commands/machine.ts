import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeImage, defaultCacheDir } from '@paperzoo/hub';
import { bytes } from '../terminal/numbers';
import { describe } from '../terminal/report-error';

/** One line of the doctor's report. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly text: string;
}

const OLDEST_NODE = [20, 19] as const;
/** `i8x16.splat` inside a function: valid only where SIMD is known. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];
/** A red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

/** What Node, the processor and the file system offer. */
export async function examineMachine(): Promise<Finding[]> {
  const shared = typeof SharedArrayBuffer !== 'undefined' && typeof Atomics !== 'undefined';
  const cores = availableParallelism();
  return [
    nodeVersion(),
    ok('platform', `${process.platform} ${process.arch}, ${release()}`),
    ok(
      'processor',
      `${cpus()[0]?.model.trim() || 'unknown'}, ${cores} core${cores === 1 ? '' : 's'}, ${bytes(totalmem())} of memory`,
    ),
    WebAssembly.validate(new Uint8Array(SIMD_PROBE))
      ? ok('SIMD', 'WebAssembly SIMD128')
      : problem('SIMD', 'this engine has no WebAssembly SIMD: only the cpu device will work'),
    shared
      ? ok('shared memory', 'SharedArrayBuffer and Atomics: threads are possible')
      : warning('shared memory', 'none: the wasm device runs on one thread'),
    ok('isolation', 'not needed in Node (pages need COOP and COEP headers for threads)'),
    await cacheFolder(),
    await imageDecoder(),
  ];
}

export const ok = (check: string, text: string): Finding => ({ check, status: 'ok', text });
export const warning = (check: string, text: string): Finding => ({ check, status: 'warning', text });
export const problem = (check: string, text: string): Finding => ({ check, status: 'problem', text });

function nodeVersion(): Finding {
  const { node, v8 } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const text = `${node} (V8 ${v8})`;
  return enough ? ok('Node', text) : problem('Node', `${text}; at least ${OLDEST_NODE.join('.')} is needed`);
}

/** Tries to make a folder where downloads would go, or in the nearest folder above that exists, and removes it again. */
async function cacheFolder(): Promise<Finding> {
  const folder = defaultCacheDir();
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    await rm(await mkdtemp(join(existing, '.paperzoo-')), { recursive: true });
    return ok('cache', `${folder}${existing === folder ? '' : ' (made at the first download)'}`);
  } catch (error) {
    return warning('cache', `${folder} cannot be written, so nothing is kept: ${describe(error).message}`);
  }
}

async function imageDecoder(): Promise<Finding> {
  try {
    const { data } = await decodeImage(Buffer.from(PNG, 'base64'));
    if (data[0] === 255 && data[1] === 0 && data[2] === 0) return ok('images', 'decoded by sharp');
    return problem('images', `a red pixel was decoded as ${[...data.slice(0, 3)].join(', ')}`);
  } catch (error) {
    const { message, remedy = '' } = describe(error);
    return problem('images', `${message} ${remedy}`.trim());
  }
}
