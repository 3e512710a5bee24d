import type crypto from 'node:crypto';
import type fs from 'node:fs/promises';
import type os from 'node:os';
import type path from 'node:path';
import type url from 'node:url';
import { HubError } from '@paperzoo/core';

interface NodeModules {
  'node:crypto': typeof crypto;
  'node:fs/promises': typeof fs;
  'node:os': typeof os;
  'node:path': typeof path;
  'node:url': typeof url;
}

/** True in Node, Bun and Deno. */
export function isNode(): boolean {
  return typeof process === 'object' && typeof process.getBuiltinModule === 'function' && !!process.versions?.node;
}

/**
 * A built-in module of Node, asked for when it is needed. No `import` names it, so a bundle for browsers has nothing to
 * resolve and loading this package touches neither disk nor network.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name, need: string): NodeModules[Name] {
  if (!isNode())
    throw new HubError(`${need} needs Node; this is a browser or a worker.`, { expected: 'Node', got: 'browser' });
  return process.getBuiltinModule(name) as NodeModules[Name];
}
