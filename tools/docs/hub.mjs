// Loaded before a documented program (node --import): the public hub answers from the repository's sample files, so that
// what a reader would run is run as it stands, without the network.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/workspace.mjs';

const SAMPLES = join(ROOT, 'plugins/efficientvit/samples');
const HUB = 'https://huggingface.co';

/** Paths on the hub and the local files that stand for them. */
const FILES = {
  '/timm/efficientvit_m0.r224_in1k/resolve/main/model.safetensors': 'efficientvit_m0.f16.safetensors',
};

const real = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (['127.0.0.1', 'localhost'].includes(url.hostname) || url.protocol === 'data:') return real(input, init);
  if (url.origin !== HUB)
    throw new TypeError(`a documented program asked ${url.origin}, which the docs test does not stand in for`);
  const file = FILES[url.pathname];
  if (!file) return new Response('Entry not found', { status: 404 });
  const bytes = readFileSync(join(SAMPLES, file));
  return new Response(bytes, { headers: { 'content-length': String(bytes.length) } });
};
