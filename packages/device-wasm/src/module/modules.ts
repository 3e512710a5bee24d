import { PluginError, type Kernel } from '@paperzoo/core';
import type { DeviceMemory } from '../memory/memory';
import type { KernelFunction } from '../pool/pool';
import { withSharedMemory } from './shared-import';

/** A module of kernels, instantiated on the device's memory. */
export interface LoadedModule {
  readonly index: number;
  readonly module: WebAssembly.Module;
  readonly exports: Readonly<Record<string, KernelFunction>>;
  /** Position of each export: how functions are named between threads. */
  readonly positions: ReadonlyMap<string, number>;
}

type ModuleSource = NonNullable<Kernel['module']>;

/** One instance per distinct module, however many kernels or copies of its bytes there are. */
export class Modules {
  readonly #memory: DeviceMemory;
  readonly #onLoad: (module: LoadedModule) => void;
  readonly #bySource = new Map<ModuleSource, Promise<LoadedModule>>();
  readonly #byContent: { bytes: Uint8Array; loaded: Promise<LoadedModule> }[] = [];
  #count = 0;

  constructor(memory: DeviceMemory, onLoad: (module: LoadedModule) => void) {
    this.#memory = memory;
    this.#onLoad = onLoad;
  }

  /** Throws `PluginError` naming `kernel` when the bytes are no module or import more than the memory. */
  load(source: ModuleSource, kernel: string): Promise<LoadedModule> {
    let loaded = this.#bySource.get(source);
    if (!loaded) {
      loaded = Promise.resolve(source()).then((bytes) => this.#loadBytes(bytes, kernel));
      this.#bySource.set(source, loaded);
      // A failed load may be tried again.
      loaded.catch(() => this.#bySource.delete(source));
    }
    return loaded;
  }

  /** Forgets all modules, whose instances hold on to the memory. */
  clear(): void {
    this.#bySource.clear();
    this.#byContent.length = 0;
  }

  #loadBytes(bytes: Uint8Array, kernel: string): Promise<LoadedModule> {
    const known = this.#byContent.find((entry) => equalBytes(entry.bytes, bytes));
    if (known) return known.loaded;
    const entry = { bytes, loaded: this.#instantiate(bytes, kernel) };
    this.#byContent.push(entry);
    entry.loaded.catch(() => this.#byContent.splice(this.#byContent.indexOf(entry), 1));
    return entry.loaded;
  }

  async #instantiate(bytes: Uint8Array, kernel: string): Promise<LoadedModule> {
    const patched = this.#memory.shared ? withSharedMemory(bytes) : bytes;
    let module: WebAssembly.Module;
    let instance: WebAssembly.Instance;
    try {
      // A page's main thread may compile only small modules synchronously, hence the asynchronous form.
      module = await WebAssembly.compile(patched as Uint8Array<ArrayBuffer>);
      instance = new WebAssembly.Instance(module, { env: { memory: this.#memory.memory, abort } });
    } catch (cause) {
      throw new PluginError(
        `The module of kernel ${kernel} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}.`,
        {
          op: kernel,
          expected: 'a WebAssembly module that imports env.memory and nothing else',
          cause,
        },
      );
    }
    const positions = new Map(WebAssembly.Module.exports(module).map((item, i) => [item.name, i]));
    const loaded = {
      index: this.#count++,
      module,
      exports: instance.exports as Record<string, KernelFunction>,
      positions,
    };
    this.#onLoad(loaded);
    return loaded;
  }
}

/** AssemblyScript imports this name for unreachable code; reaching it is a trap like any other. */
function abort(): never {
  throw new WebAssembly.RuntimeError('abort');
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && (a === b || a.every((byte, i) => byte === b[i]));
}
