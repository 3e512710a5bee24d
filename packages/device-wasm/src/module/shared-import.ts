import { PluginError } from '@paperzoo/core';

const IMPORT_SECTION = 2;
const KIND = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/**
 * Rewrites the memory import of a module so that it accepts a shared memory of up to 4 GiB. Loads and stores are the same
 * instructions for both kinds of memory, so one binary serves pages with and without threads.
 * Throws `PluginError` when the bytes are not a module; a module without a memory import is returned as it is.
 */
export function withSharedMemory(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  if (bytes.length < 8 || reader.u32() !== 0x6d736100 || reader.u32() !== 1) {
    throw new PluginError('These bytes are not a WebAssembly module.', {
      expected: '\\0asm, version 1',
      got: [...bytes.slice(0, 8)],
    });
  }
  while (reader.at < bytes.length) {
    const sectionStart = reader.at;
    const id = reader.byte();
    const size = reader.leb();
    const bodyStart = reader.at;
    if (id !== IMPORT_SECTION) {
      reader.at = bodyStart + size;
      continue;
    }
    const limits = findMemoryLimits(reader);
    if (!limits) return bytes;
    const body = [
      bytes.subarray(bodyStart, limits.start),
      [3, ...leb(limits.minimum), ...leb(65536)],
      bytes.subarray(limits.end, bodyStart + size),
    ];
    const bodySize = body.reduce((n, part) => n + part.length, 0);
    return concat([bytes.subarray(0, sectionStart), [id, ...leb(bodySize)], ...body, bytes.subarray(bodyStart + size)]);
  }
  return bytes;
}

function findMemoryLimits(reader: Reader): { start: number; end: number; minimum: number } | undefined {
  for (let n = reader.leb(); n > 0; n--) {
    reader.skip(reader.leb());
    reader.skip(reader.leb());
    const kind = reader.byte();
    if (kind === KIND.memory) {
      const start = reader.at;
      const flags = reader.byte();
      const minimum = reader.leb();
      if (flags & 1) reader.leb();
      return { start, end: reader.at, minimum };
    }
    if (kind === KIND.function) reader.leb();
    else if (kind === KIND.global) reader.skip(2);
    else if (kind === KIND.tag) {
      reader.skip(1);
      reader.leb();
    } else {
      reader.skip(1);
      if (reader.byte() & 1) reader.leb();
      reader.leb();
    }
  }
  return undefined;
}

class Reader {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined)
      throw new PluginError('The WebAssembly module ends in the middle of a section.', {
        where: `byte ${this.at - 1}`,
      });
    return value;
  }
  u32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
  leb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new PluginError('The WebAssembly module holds an overlong number.', { where: `byte ${this.at}` });
  }
  skip(n: number): void {
    this.at += n;
  }
}

function leb(value: number): number[] {
  const out = [];
  do {
    const rest = Math.floor(value / 128);
    out.push((value % 128) | (rest ? 128 : 0));
    value = rest;
  } while (value);
  return out;
}

function concat(parts: readonly (Uint8Array | number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
