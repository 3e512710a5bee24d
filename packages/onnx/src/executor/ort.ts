import {
  AttrError,
  isTensor,
  throwIfAborted,
  type CompiledGraph,
  type Executor,
  type GraphFn,
  type GraphSource,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { exportGraph } from '../export-graph';
import { readModel } from '../read/read-model';
import { callable } from './callable';
import { inMemory, type ModelBytes } from './model-bytes';
import type { CompileOptions, OrtOptions } from './options';
import { Sessions, type Lease } from './sessions';

/** Options of `OrtExecutor.open`. */
export interface OpenOptions extends ModelBytes, Pick<CompileOptions, 'held' | 'signal'> {
  /** How messages call the model. */
  readonly file?: string;
}

/** onnxruntime as an executor: of what the zoo can trace, and of ONNX files. */
export interface OrtExecutor extends Executor<CompileOptions> {
  /**
   * A model's file on onnxruntime; its inputs are taken in the order in which it lists them.
   * @throws FormatError for bytes that are no sound model; UnsupportedError listing every operator that is not known; DeviceError
   */
  open(zoo: Zoo, model: OpenOptions): Promise<CompiledGraph<(...inputs: Tensor[]) => Tensor[]>>;
}

/**
 * Runs whole graphs on onnxruntime: `await zoo.compile(model, { executor: ort() })` traces the model, writes it as ONNX and starts a session.
 * Needs the package `onnxruntime-web`, or `onnxruntime-node` for `{ backend: 'node' }`, which are imported when the first graph is compiled.
 */
export function ort(options: OrtOptions = {}): OrtExecutor {
  const sessions = new Sessions(options);
  return {
    async compile<F extends GraphFn>(zoo: Zoo, source: GraphSource<F>, given: CompileOptions) {
      const { held = [], onProgress, signal } = given;
      checkHeld(source, held);
      // One output is not the same as a list of one.
      let single = false;
      const fn = (...inputs: Tensor[]) => {
        const result = (source.fn as unknown as (...inputs: Tensor[]) => Tensor | readonly Tensor[])(...inputs);
        single = isTensor(result);
        return result;
      };
      const model = await exportGraph(zoo, { ...source, fn }, given);
      onProgress?.({ phase: 'session', done: 0, total: 1 });
      const lease = await start(sessions, await inMemory(model), held, signal);
      onProgress?.({ phase: 'session', done: 1, total: 1 });
      return callable<F>(zoo, lease, new Set(held), single);
    },

    async open(zoo, { file, held = [], signal, ...model }) {
      readModel(model.bytes, { file });
      const lease = await start(sessions, model, held, signal);
      return callable(zoo, lease, new Set(held), false);
    },
  };
}

/** A session; when the signal fires while it starts, the caller is told at once and the session ends as soon as it is there. */
async function start(
  sessions: Sessions,
  model: ModelBytes,
  held: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Lease> {
  throwIfAborted(signal, 'Compiling');
  const opening = sessions.open(model, held);
  if (!signal) return opening;
  let stop: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([opening, aborted]);
    if (signal.aborted) {
      void opening.then(
        (lease) => lease.release(),
        () => undefined,
      );
      throwIfAborted(signal, 'Compiling');
    }
    return await opening;
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}

function checkHeld({ outputs = [] }: GraphSource, held: readonly string[]): void {
  const unknown = held.find((name) => !outputs.includes(name));
  if (unknown === undefined) return;
  throw new AttrError(`held: there is no output "${unknown}"; outputs are ${outputs.join(', ') || 'not named'}.`, {
    ...{ argument: 'held', expected: outputs, got: unknown },
  });
}
