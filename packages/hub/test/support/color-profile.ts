import { inflateSync } from 'node:zlib';
import sharp from 'sharp';

/** The same JPEG with an embedded Display P3 profile, which a colour-managed decoder would convert. */
export async function withDisplayP3(jpeg: Uint8Array): Promise<Uint8Array> {
  const pixel = sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } });
  // A PNG holds its profile compressed, behind a name that ends in a zero and one byte for the method.
  const png = await pixel.withIccProfile('p3').png().toBuffer();
  const chunk = png.indexOf('iCCP');
  const body = png.subarray(png.indexOf(0, chunk + 4) + 2, chunk + 4 + png.readUInt32BE(chunk - 4));
  const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1');
  const segment = Buffer.concat([head, inflateSync(body)]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
