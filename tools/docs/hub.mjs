// Loaded before a documented program (node --import): the public hub answers from the repository's sample files, so that
// what a reader would run is run as it stands, without the network.
import { readFileSync } from 'node:fs';
import { HUB } from '../lib/samples.mjs';

const real = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (['127.0.0.1', 'localhost'].includes(url.hostname) || url.protocol === 'data:') return real(input, init);
  if (url.hostname !== 'huggingface.co') {
    throw new TypeError(`a documented program asked ${url.origin}, which the docs test does not stand in for`);
  }
  if (!HUB[url.href]) return new Response('Entry not found', { status: 404 });
  const bytes = readFileSync(HUB[url.href]);
  return new Response(bytes, { headers: { 'content-length': String(bytes.length) } });
};
