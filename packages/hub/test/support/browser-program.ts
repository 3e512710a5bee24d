import {
  cropImage,
  decodeImage,
  fetchCheckpoint,
  parseSafetensors,
  preprocessImage,
  sha256Hex,
  writeSafetensors,
  type RgbImage,
} from '../../src/index';
import { Sha256 } from '../../src/hub/sha256';

// Runs in a page; whatever is wrong is thrown, and fails the test that opened the page.

function same(got: unknown, expected: unknown, what: string): void {
  const [a, b] = [got, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: got ${a}, expected ${b}`);
}

async function fails(what: string, name: string, action: () => Promise<unknown>): Promise<void> {
  const error = await action().then(
    () => ({ name: 'nothing' }),
    (reason: { name: string }) => reason,
  );
  same(error.name, name, what);
}

const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const crops = parseSafetensors(await bytesOf('/crops.safetensors'));
const pixels = new Map<string, RgbImage>();
for (const [name, sha256] of [
  ['chelsea', 'ed2f6ad07f5cf8c36e25e39e2802999890064a49ae7386f29b25169af2758e1e'],
  ['rocket', '6a1fe90ba88f39b2e38ab567228f156b694e4d28c1546ade9806c902612dc5df'],
] as const) {
  const image = await decodeImage(`/${name}.jpg`);
  pixels.set(name, image);
  const want = crops.get(name)!.bytes;
  same(
    cropImage(image).data.findIndex((value, i) => value !== want[i]),
    -1,
    `first wrong pixel of ${name}`,
  );
  same(await sha256Hex(new Uint8Array(preprocessImage(image).data.buffer)), sha256, `tensor of ${name}`);
}

// A colour profile changes nothing.
const tagged = await decodeImage('/chelsea-p3.jpg');
same(
  tagged.data.findIndex((value, i) => value !== pixels.get('chelsea')!.data[i]),
  -1,
  'pixels with a profile',
);

// An EXIF block that asks for a quarter turn, spliced into a JPEG.
const jpeg = await bytesOf('/chelsea.jpg');
const exif = Uint8Array.from([
  ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
  ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
]);
const turned = new Blob([jpeg.slice(0, 2), exif, jpeg.slice(2)]);
const upright = await decodeImage(turned);
same([upright.width, upright.height], [451, 300], 'size with EXIF ignored');
same(
  upright.data.findIndex((value, i) => value !== pixels.get('chelsea')!.data[i]),
  -1,
  'pixels with EXIF ignored',
);
const oriented = await decodeImage(turned, { autoOrient: true });
same([oriented.width, oriented.height], [300, 451], 'size with EXIF applied');
await fails('half an image header', 'FormatError', () => decodeImage(jpeg.slice(0, 8)));
await fails('no image', 'FormatError', () => decodeImage(new Blob(['hello'])));
await fails('too many pixels', 'FormatError', () => decodeImage(jpeg, { maxPixels: 10 }));

const file = await bytesOf('/net/model.safetensors');
const sha256 = await sha256Hex(file);
same(new Sha256().update(file).hex(), sha256, 'our SHA-256 against the browser');
for (const cache of ['opfs', 'cache-api'] as const) {
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  await fails(`${cache}: wrong hash`, 'IntegrityError', () =>
    fetchCheckpoint('/net', { cache, sha256: '0'.repeat(64), onWarning }),
  );
  await fails(`${cache}: nothing kept`, 'HubError', () =>
    fetchCheckpoint('/net', { cache, localFilesOnly: true, onWarning }),
  );
  const first = await fetchCheckpoint('/net', { cache, sha256, size: file.length, onWarning });
  same([...first.keys()], [...crops.keys()], `${cache}: tensors`);
  const again = await fetchCheckpoint('/net', { cache, localFilesOnly: true, onWarning });
  same(again.get('rocket')!.bytes.length, first.get('rocket')!.bytes.length, `${cache}: from the cache`);
  same(warnings, [], `${cache}: warnings`);
}
// Without a choice, the first that the browser has.
await fetchCheckpoint('/net', { localFilesOnly: true });
await fails('404', 'HubError', () => fetchCheckpoint('/elsewhere', { cache: 'none' }));
await fails('the page itself', 'FormatError', () => fetchCheckpoint('/', { cache: 'none', file: 'page.js' }));
await fails('a cache of Node', 'HubError', () => fetchCheckpoint('/net', { cache: 'fs' }));
await fails('aborted', 'AbortError', () => fetchCheckpoint('/net', { signal: AbortSignal.abort() }));
same(parseSafetensors(writeSafetensors(crops)).size, 2, 'written and read');
