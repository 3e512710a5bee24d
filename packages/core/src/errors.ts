/** What an error tells besides its message. Every field is optional; `code` on the class is not. */
export interface ErrorDetails {
  /** Name of the op, such as `conv2d`. */
  op?: string;
  /** Name of the argument, tensor, option or state-dict key at fault. */
  argument?: string;
  expected?: unknown;
  got?: unknown;
  /** File, URL or folder that was being read. */
  file?: string;
  /** Tensor name or byte range inside `file`. */
  where?: string;
  /** How to mend it, one sentence. */
  remedy?: string;
  cause?: unknown;
}

/** Base of everything the zoo throws on purpose. `code` is stable across releases; messages may improve. */
export class ZooError extends Error {
  readonly code: string = 'zoo';
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}) {
    const remedy = details.remedy && !message.includes(details.remedy) ? ` ${details.remedy}` : '';
    super(message + remedy, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = new.target.name;
    this.details = details;
  }
}

/** A shape does not fit. */
export class ShapeError extends ZooError {
  override readonly code = 'shape';
}
/** A dtype is not the one an op takes. */
export class DTypeError extends ZooError {
  override readonly code = 'dtype';
}
/** An attribute or option is missing, unknown or out of range. */
export class AttrError extends ZooError {
  override readonly code = 'attr';
}
/** Neither a kernel nor a composite can run the op here; the message lists why each kernel declined. */
export class NoKernelError extends ZooError {
  override readonly code = 'no-kernel';
}
/** Tensors of different zoos were mixed, memory ran out, or a device cannot do what was asked. */
export class DeviceError extends ZooError {
  override readonly code = 'device';
}
/** The device went away; make a new zoo. */
export class DeviceLostError extends ZooError {
  override readonly code = 'device-lost';
}
/** A tensor, model or zoo was used after `dispose()`. */
export class DisposedError extends ZooError {
  override readonly code = 'disposed';
}
/** Synchronous reading was asked of a device that can only read asynchronously. */
export class AsyncReadError extends ZooError {
  override readonly code = 'async-read';
}
/** Something that needs data happened while tracing. */
export class TraceError extends ZooError {
  override readonly code = 'trace';
}
/** No gradient can be computed. */
export class GradError extends ZooError {
  override readonly code = 'grad';
}
/** A plugin is malformed, built for another core, or present twice. */
export class PluginError extends ZooError {
  override readonly code = 'plugin';
}
/** A file's bytes do not follow its format; `file` and `where` say which and where. */
export class FormatError extends ZooError {
  override readonly code = 'format';
}
/** A file's size or hash is not the promised one. */
export class IntegrityError extends ZooError {
  override readonly code = 'integrity';
}
/** A download or a look-up on the hub failed. */
export class HubError extends ZooError {
  override readonly code = 'hub';
}
/** A model name, option or state dict does not fit the model. */
export class ModelError extends ZooError {
  override readonly code = 'model';
}
/** The caller's `AbortSignal` fired. */
export class AbortError extends ZooError {
  override readonly code = 'abort';
}

/** Throws `AbortError` when the signal has fired; loaders call it between steps. */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new AbortError(`${what} was aborted.`, { cause: signal.reason });
}
