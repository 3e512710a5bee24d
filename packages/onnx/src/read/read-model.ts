import { FormatError } from '@paperzoo/core';
import proto, { type onnx } from 'onnx-proto';
import { UnsupportedError } from '../unsupported-error';
import { refuser } from './bad-model';
import { checkFunction, checkGraph } from './check-graph';
import { checkCalls, checkOperators } from './check-operators';
import { scanModel } from './scan';

export interface ReadOnnxOptions {
  /** How messages call the file. */
  readonly file?: string;
}

/** Versions of the file format itself; operator sets up to 26 came with the last. */
const OLDEST_IR = 3;
const NEWEST_IR = 13;

/**
 * A serialized ModelProto, decoded and found sound: bounded before anything is built of it, names and types right, graphs without circles, every
 * operator known, data in other files only where they may lie.
 * @throws FormatError for bytes that are no sound model; UnsupportedError that lists every operator that is not known
 */
export function readModel(bytes: Uint8Array, { file }: ReadOnnxOptions = {}): onnx.IModelProto {
  scanModel(bytes, file);
  const refuse = refuser(file);
  const model = decode(bytes, file);
  if (!model.graph) refuse('it', 'has no graph');
  const version = Number(model.irVersion ?? 0);
  if (version < OLDEST_IR || version > NEWEST_IR) {
    const message = `${file ?? 'This model'} is of the format's version ${version}; ${OLDEST_IR} to ${NEWEST_IR} are known.`;
    throw new UnsupportedError(message, {
      file,
      argument: 'ir_version',
      expected: [OLDEST_IR, NEWEST_IR],
      got: version,
    });
  }
  checkGraph(model.graph!, refuse);
  for (const body of model.functions ?? []) checkFunction(body, refuse);
  checkCalls(model, refuse);
  checkOperators(model, file);
  return model;
}

function decode(bytes: Uint8Array, file: string | undefined): onnx.ModelProto {
  try {
    return proto.onnx.ModelProto.decode(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`${file ?? 'These bytes'}: not an ONNX model: ${why}.`, { file, cause });
  }
}
