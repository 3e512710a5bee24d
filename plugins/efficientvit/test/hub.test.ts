import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  AbortError,
  createZoo,
  FormatError,
  HubError,
  IntegrityError,
  type ProgressEvent,
  type Zoo,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { sha256Hex } from '@paperzoo/hub';
import plugin, { type EfficientViTModel, type EfficientViTOptions } from '../src/index';
import { FIXTURES, SAMPLES } from './harness/node';

const bytes = readFileSync(join(FIXTURES, 'checkpoint/efficientvit_m0.f16.safetensors'));
const M0 = '/timm/efficientvit_m0.r224_in1k/resolve/main/model.safetensors';

let zoo: Zoo;
let server: Server;
let endpoint: string;
const asked: string[] = [];

beforeAll(async () => {
  zoo = await createZoo({ device: cpu(), plugins: [plugin] });
  server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === M0) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    else if (request.url!.includes('_m1.')) response.writeHead(200).end('<!doctype html><title>Sign in</title>');
    else if (request.url!.includes('_m2.')) response.writeHead(200).end(bytes.subarray(0, 100_000));
    else response.writeHead(404).end('not here');
  });
  // On a loaded machine a server that ends idle connections ends one just as the next request takes it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  expect(zoo.memory().tensors).toBe(0);
  await zoo.dispose();
});

const load = (name: string, options: EfficientViTOptions = {}) =>
  zoo.load<EfficientViTModel>(name, { endpoint, cache: 'none', retries: 0, ...options });

test.each(['efficientvit_m0.r224_in1k', 'efficientvit_m0', 'hf:timm/efficientvit_m0.r224_in1k'])(
  '%s is fetched from the hub, with progress',
  async (name) => {
    asked.length = 0;
    const events: ProgressEvent[] = [];
    const model = await load(name, { onProgress: (event) => events.push(event) });
    expect(model.name).toBe('efficientvit_m0.r224_in1k');
    expect(asked).toEqual([M0]);
    expect(events.map((event) => event.status)).toEqual(
      expect.arrayContaining(['initiate', 'progress', 'done', 'ready']),
    );
    const [top] = await model.classify(join(SAMPLES, 'chelsea.jpg'));
    expect(top!.index).toBe(351);
    model.dispose();
  },
);

test('a promised hash is checked', async () => {
  const sha256 = await sha256Hex(bytes);
  (await load('efficientvit_m0', { sha256 })).dispose();
  await expect(
    load('efficientvit_m0', { sha256: sha256.replace(/^./, (c) => (c === '0' ? '1' : '0')) }),
  ).rejects.toThrow(IntegrityError);
});

test('a page, a part of a file and nothing at all are told apart', async () => {
  await expect(load('efficientvit_m1')).rejects.toThrow(FormatError);
  await expect(load('efficientvit_m1')).rejects.toThrow(/HTML/i);
  await expect(load('efficientvit_m2')).rejects.toThrow(FormatError);
  await expect(load('efficientvit_m3')).rejects.toThrow(HubError);
  await expect(load('efficientvit_m3')).rejects.toThrow(/efficientvit_m3/);
});

test('a load can be aborted while it downloads', async () => {
  const controller = new AbortController();
  const loading = load('efficientvit_m0', { signal: controller.signal, onProgress: () => controller.abort() });
  await expect(loading).rejects.toThrow(AbortError);
});

test('unknown names come with suggestions, and the other EfficientViT is told apart', async () => {
  for (const name of ['efficientvit_b0', 'efficientvit_l2.r224_in1k', 'hf:timm/efficientvit_b3.r256_in1k']) {
    await expect(load(name)).rejects.toThrow(/is MIT's EfficientViT/);
  }
  await expect(load('efficientvit_m9')).rejects.toThrow(/Unknown model "efficientvit_m9".*efficientvit_m/);
});
