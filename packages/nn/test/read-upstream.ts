import { readFileSync } from 'node:fs';
import { UpstreamFile } from './upstream';

export const fixturePath = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(fixturePath(name)));

/** Upstream's training fixtures, read from this folder. */
export const fixtures = new UpstreamFile(read('train.json'), read('train.safetensors'));
