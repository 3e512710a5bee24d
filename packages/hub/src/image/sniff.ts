/** What the first bytes of an image file say. */
export interface ImageInfo {
  readonly format: 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'avif';
  /** 0 when the file ends before its size is stated. */
  readonly width: number;
  readonly height: number;
}

/**
 * Format and size from an image's header, without decoding: decoders allocate before they can be asked, and a file of a
 * few bytes can claim gigapixels. Undefined when it is none of the known formats.
 */
export function sniffImage(bytes: Uint8Array): ImageInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  const has = (end: number) => bytes.length >= end;
  const unknown = { width: 0, height: 0 };
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') {
    return { format: 'png', ...(has(24) ? { width: view.getUint32(16), height: view.getUint32(20) } : unknown) };
  }
  if (/^GIF8[79]a/.test(text(0, 6))) {
    return {
      format: 'gif',
      ...(has(10) ? { width: view.getUint16(6, true), height: view.getUint16(8, true) } : unknown),
    };
  }
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP')
    return { format: 'webp', ...(has(30) ? webpSize(view, text(12, 4)) : unknown) };
  if (text(0, 2) === 'BM' && has(26)) {
    return { format: 'bmp', width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  }
  if (text(4, 4) === 'ftyp' && /avi[fs]|mif1/.test(text(8, 24))) return { format: 'avif', ...avifSize(view) };
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { format: 'jpeg', ...jpegSize(view) };
  return undefined;
}

/** Walks the segments to the frame header; fill bytes and restart markers carry no length. */
function jpegSize(view: DataView): { width: number; height: number } {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) break;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    } else if (marker === 0xd9 || marker === 0xda) {
      break;
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  return { width: 0, height: 0 };
}

function webpSize(view: DataView, chunk: string): { width: number; height: number } {
  if (chunk === 'VP8X') {
    const u24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return { width: u24(24) + 1, height: u24(27) + 1 };
  }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** The largest `ispe` property near the beginning: a grid's tiles have smaller ones. */
function avifSize(view: DataView): { width: number; height: number } {
  let size = { width: 0, height: 0 };
  for (let at = 0; at + 16 <= Math.min(view.byteLength, 1 << 16); at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (width * height > size.width * size.height) size = { width, height };
  }
  return size;
}
