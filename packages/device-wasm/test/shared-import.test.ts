import { expect, test } from '@jest/globals';
import { PluginError } from '@paperzoo/core';
import { wasm } from '../src/generated/testing.wasm';
import { decodeBase64 } from '../src/module/base64';
import { withSharedMemory } from '../src/module/shared-import';

const plain = decodeBase64(wasm);
const memoryOf = (shared: boolean) => new WebAssembly.Memory({ initial: 1, maximum: 65536, shared });
const link = (bytes: Uint8Array, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), {
    env: { memory, abort: () => undefined },
  });

test('the same module links to unshared memory as it is and to shared memory when rewritten', () => {
  expect(() => link(plain, memoryOf(false))).not.toThrow();
  expect(() => link(plain, memoryOf(true))).toThrow(WebAssembly.LinkError);
  const memory = memoryOf(true);
  const { mark } = link(withSharedMemory(plain), memory).exports as Record<string, (...args: number[]) => void>;
  mark!(2, 5, 100);
  expect([...new Uint8Array(memory.buffer, 100, 6)]).toEqual([0, 0, 1, 1, 1, 0]);
});

test('imports of every kind before the memory are stepped over', () => {
  // (import "a" "f" (func)) (import "a" "t" (table 1 2 funcref)) (import "a" "g" (global i32)) (import "env" "memory" (memory 1))
  const name = (s: string) => [s.length, ...[...s].map((c) => c.charCodeAt(0))];
  const imports = [4, ...name('a'), ...name('f'), 0, 0, ...name('a'), ...name('t'), 1, 0x70, 1, 1, 2];
  imports.push(...name('a'), ...name('g'), 3, 0x7f, 0, ...name('env'), ...name('memory'), 2, 0, 1);
  const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, imports.length, ...imports]);
  expect(WebAssembly.validate(bytes)).toBe(true);
  const patched = new WebAssembly.Module(withSharedMemory(bytes) as Uint8Array<ArrayBuffer>);
  expect(WebAssembly.Module.imports(patched).map((i) => i.kind)).toEqual(['function', 'table', 'global', 'memory']);
});

test('a module without memory stays as it is', () => {
  const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);
  expect(withSharedMemory(bytes)).toBe(bytes);
});

test.each([
  ['empty', []],
  ['text', [...'<!doctype html>'].map((c) => c.charCodeAt(0))],
  ['cut off', [...plain.slice(0, 45)]],
  ['overlong number', [0, 97, 115, 109, 1, 0, 0, 0, 2, 255, 255, 255, 255, 255, 255]],
])('%s bytes are a PluginError', (_name, bytes) => {
  expect(() => withSharedMemory(Uint8Array.from(bytes))).toThrow(PluginError);
});
