import { ZooError } from './errors';
import { isTensor } from './brand';
import type { Tensor } from './tensor';

/** All tensors in a value made of arrays, plain objects, maps and tensors. Cycles and foreign objects are left alone. */
export function tensorsIn(value: unknown, found = new Set<Tensor>(), seen = new Set<object>()): Set<Tensor> {
  if (isTensor(value)) found.add(value);
  else if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(value);
    if (Array.isArray(value) || value instanceof Map) for (const item of value.values()) tensorsIn(item, found, seen);
    else {
      const proto: unknown = Object.getPrototypeOf(value);
      if (proto === null || proto === Object.prototype) {
        for (const item of Object.values(value)) tensorsIn(item, found, seen);
      }
    }
  }
  return found;
}

/** Who frees what: a stack of frames, each holding the tensors made while it was on top. */
export class Scopes {
  private readonly frames: Set<Tensor>[] = [];
  // Tensors outside every frame are reachable only by the user; when they are forgotten, this frees their memory.
  private readonly registry = new FinalizationRegistry<{ storage: { release(): void }; released: boolean }>((held) => {
    if (held.released) return;
    held.released = true;
    this.onLeak();
    held.storage.release();
  });

  constructor(private readonly onLeak: () => void) {}

  add(tensor: Tensor): void {
    const top = this.frames.at(-1);
    if (top) top.add(tensor);
    else this.watch(tensor);
  }

  /** Forgets a tensor that was disposed by hand, so that long scopes do not collect corpses. */
  remove(tensor: Tensor): void {
    this.frames.at(-1)?.delete(tensor);
  }

  /** Moves a tensor out of the frame on top; only its owner and the finalizer free it from then on. */
  keep(tensor: Tensor): void {
    const top = this.frames.at(-1);
    if (top?.delete(tensor)) this.watch(tensor);
  }

  /** Runs `fn`; frees what was made inside and is not part of the result. On an error everything made inside is freed. */
  run<T>(fn: () => T): T {
    const frame = new Set<Tensor>();
    this.frames.push(frame);
    let result: T;
    try {
      result = fn();
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
        // The function goes on after its frame is gone: a rejection nobody waits for must not end the process.
        void (result as unknown as PromiseLike<unknown>).then(undefined, () => undefined);
        const details = { remedy: 'Open one scope per step, between the awaits.' };
        throw new ZooError('zoo.scope takes a synchronous function; this one returned a promise.', details);
      }
    } catch (error) {
      this.frames.pop();
      for (const tensor of [...frame]) tensor.dispose();
      throw error;
    }
    this.frames.pop();
    const kept = isTensor(result) ? new Set([result as Tensor]) : tensorsIn(result);
    for (const tensor of [...frame]) {
      if (kept.has(tensor)) this.add(tensor);
      else tensor.dispose();
    }
    return result;
  }

  private watch(tensor: Tensor): void {
    const held = tensor.finalizable;
    if (held) this.registry.register(tensor, held);
  }
}
