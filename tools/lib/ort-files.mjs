// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where pages find onnxruntime-web's files: `ort({ wasmPaths: new URL('/ort/', location.href).href })`. */
const FOLDER = '/ort/';

/** Answers for onnxruntime-web's files, as a site of `browser.mjs` asks for them; @paperzoo/onnx says which version. */
export function ortFile(/** @type {string} */ path) {
  const onnx = createRequire(new URL('../../packages/onnx/package.json', import.meta.url));
  const file = join(dirname(onnx.resolve('onnxruntime-web')), basename(path));
  if (!path.startsWith(FOLDER) || !existsSync(file)) return undefined;
  return { type: path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', body: readFileSync(file) };
}
