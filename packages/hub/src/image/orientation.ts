import type { ImageInfo } from './sniff';

/**
 * The same image without its EXIF block. Browsers turn an image as EXIF says, and no option of theirs means "do not" in
 * all of them, so what asks for it is taken out. Pixels are not touched; other formats come back as they are.
 */
export function withoutExif(bytes: Uint8Array, format: ImageInfo['format']): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') return blankJpeg(bytes, view);
  if (format === 'webp') return blankWebp(bytes, view);
  return format === 'png' ? cutPng(bytes, view) : bytes;
}

const word = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Segments before the scan; an APP1 segment is EXIF by its first word, without which decoders skip it. */
function blankJpeg(bytes: Uint8Array, view: DataView): Uint8Array {
  let out = bytes;
  for (let at = 2; at + 8 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === 0xda || marker === 0xd9) break;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    if (marker === 0xe1 && word(bytes, at + 4) === 'Exif') {
      if (out === bytes) out = new Uint8Array(bytes);
      out.fill(0, at + 4, at + 8);
    }
    at += 2 + view.getUint16(at + 2);
  }
  return out;
}

/** Chunks of unknown name are skipped by decoders. */
function blankWebp(bytes: Uint8Array, view: DataView): Uint8Array {
  for (let at = 12; at + 8 <= bytes.length;) {
    if (word(bytes, at) === 'EXIF') {
      const out = new Uint8Array(bytes);
      out.fill(0x58, at, at + 4);
      return out;
    }
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return bytes;
}

/** A chunk's name is part of its checksum, so the whole chunk goes. */
function cutPng(bytes: Uint8Array, view: DataView): Uint8Array {
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (word(bytes, at + 4) === 'eXIf' && end <= bytes.length) {
      const out = new Uint8Array(bytes.length - (end - at));
      out.set(bytes.subarray(0, at));
      out.set(bytes.subarray(end), at);
      return out;
    }
    at = end;
  }
  return bytes;
}
