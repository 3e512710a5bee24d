import type { DType } from '@paperzoo/core';

/** A size of a port: a number, or the name of a symbolic dimension such as `N`. */
export type Dim = number | string;

/** A named input or output of an exported graph. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly Dim[];
}

/** A file that lies beside the model and holds weights. Its bytes are read from the device piece by piece, as they are asked for. */
export interface ExternalFile {
  /** Plain file name; the model refers to it relative to its own folder. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** What an export yields: the serialized model and what a caller needs to feed it. */
export interface OnnxExport {
  /** A serialized ModelProto. */
  readonly bytes: Uint8Array;
  /** Weights that were kept out of `bytes`. */
  readonly externalData?: readonly ExternalFile[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Nodes of the main graph. */
  readonly nodes: number;
}
