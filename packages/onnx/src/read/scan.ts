import { FormatError } from '@paperzoo/core';
import { LIMITS } from './limits';
import { MESSAGES, type Field, type MessageName, type Wire } from './schema';

/** Protobuf's numbers for the ways in which a field can lie in the file. */
const WIRE: Readonly<Record<Wire, readonly number[]>> = {
  varint: [0],
  fixed64: [1],
  bytes: [2],
  fixed32: [5],
  varints: [0, 2],
  fixed64s: [1, 2],
  fixed32s: [5, 2],
};

interface Frame {
  readonly message: MessageName;
  readonly end: number;
}

/**
 * Walks over a serialized ModelProto without building anything: every length lies inside what contains it, every known field has the form that
 * the schema gives it, and depth and counts are within the limits. A decoder that recurses and allocates as it goes may then follow.
 * @throws FormatError with the byte at fault
 */
export function scanModel(bytes: Uint8Array, file?: string): void {
  if (bytes.length === 0) throw bad('it is empty', 0);
  if (bytes.length > LIMITS.bytes) throw bad(`it has ${bytes.length} bytes, more than ${LIMITS.bytes}`, 0);
  const frames: Frame[] = [{ message: 'Model', end: bytes.length }];
  let at = 0;
  let messages = 0;
  let numbers = 0;

  while (frames.length > 0) {
    const { message, end } = frames.at(-1)!;
    if (at === end) {
      frames.pop();
      continue;
    }
    const start = at;
    const tag = varint(end, 5);
    const field: Field | undefined = MESSAGES[message][Math.floor(tag / 8)];
    const wire = tag % 8;
    const form = field && (field in WIRE ? (field as Wire) : 'bytes');
    if (form && !WIRE[form].includes(wire)) throw bad(`a field of ${message} has the wrong form`, start);
    if (wire === 0) varint(end, 10);
    else if (wire === 1) skip(8, end);
    else if (wire === 5) skip(4, end);
    else if (wire !== 2) throw bad(`a field of ${message} has a form that ONNX does not use`, start);
    else {
      const length = varint(end, 5);
      if (length > end - at) throw bad(`a ${message} ends before its field does`, start);
      if (field && !(field in WIRE)) {
        if (++messages > LIMITS.messages) throw bad(`it has more than ${LIMITS.messages} parts`, start);
        if (frames.length >= LIMITS.depth) throw bad(`it is nested deeper than ${LIMITS.depth}`, start);
        frames.push({ message: field as MessageName, end: at + length });
        continue;
      }
      if (form !== 'bytes') numbers += length;
      at += length;
    }
    if (wire !== 2) numbers += at - start;
    if (numbers > LIMITS.numbers) throw bad(`it stores more than ${LIMITS.numbers} bytes of single numbers`, start);
  }

  function varint(end: number, most: number): number {
    let value = 0;
    for (let i = 0; i < most; i++) {
      if (at >= end) throw bad('it ends in the middle of a number', at);
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** (7 * i);
      // Five bytes hold more than the 32 bits that decoders keep of tags and lengths.
      if (byte < 128 && (most > 5 || value < 2 ** 32)) return value;
      if (byte < 128) break;
    }
    throw bad('a number is longer than it can be', at);
  }

  function skip(count: number, end: number): void {
    if (count > end - at) throw bad('it ends in the middle of a number', at);
    at += count;
  }

  function bad(why: string, where: number): FormatError {
    const name = file ?? 'These bytes';
    return new FormatError(`${name}: not an ONNX model: ${why} (byte ${where}).`, {
      file,
      where: `byte ${where}`,
      remedy: 'Was the file downloaded or written completely?',
    });
  }
}
