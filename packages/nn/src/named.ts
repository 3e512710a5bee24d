import type { Zoo } from '@paperzoo/core';

/** Runs `fn` under a name that traces record; for graphs that are not made of modules. */
export function named<T>(zoo: Zoo, name: string, fn: () => T): T {
  const path = zoo.tracer?.path;
  if (!path) return fn();
  path.push(name);
  try {
    return fn();
  } finally {
    path.pop();
  }
}
