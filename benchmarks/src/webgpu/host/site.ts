// The page's server, for this machine alone: the program, onnxruntime's files, the job, and an ear for what came of it.
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { PROBLEMS, type Job, type PageResult, type Problem } from '../problem';
import { modelFiles, type ModelFiles } from './model-files';
import { packageRoot } from './package-root';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>paperzoo bench</title>
<style>:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 10vh auto; padding: 0 1rem }</style>
<h1>paperzoo bench</h1><p role="status">Loading …</p><script type="module" src="/program.js"></script>`;

export interface Site {
  readonly url: string;
  /** What the page posts; rejects with its reason when it fails. */
  readonly result: Promise<PageResult>;
  close(): Promise<void>;
}

/** Serves one job; port 0 takes a free one. Rejects when the port is taken. */
export async function serveJob(job: Job, port: number, onProgress: (fraction: number) => void): Promise<Site> {
  const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  const { outputFiles } = await build({
    entryPoints: { program: join(packageRoot(), 'src/webgpu/page/main.ts') },
    ...{ bundle: true, write: false, outdir: 'out', format: 'esm', splitting: true, platform: 'browser' },
    ...{ target: 'es2022', conditions: ['@paperzoo/source'], logLevel: 'silent' },
  });
  const scripts = new Map(outputFiles.map((file) => [`/${basename(file.path)}`, file.contents]));
  const made = new Map<Problem, Promise<ModelFiles>>();
  let resolve: (result: PageResult) => void;
  let reject: (error: Error) => void;
  const result = new Promise<PageResult>((...both) => ([resolve, reject] = both));
  result.catch(() => undefined);

  const answers: Record<
    string,
    (url: URL, body: () => Promise<string>) => Promise<readonly [string, string | Uint8Array]>
  > = {
    '/': () => Promise.resolve(['text/html', PAGE] as const),
    '/job': () => Promise.resolve(['application/json', JSON.stringify(job)] as const),
    '/weights': async (url) => ['application/octet-stream', (await filesOf(url)).weights] as const,
    '/onnx': async (url) => ['application/octet-stream', (await filesOf(url)).onnx] as const,
    '/progress': async (_url, body) => {
      onProgress(Number(await body()));
      return ['text/plain', ''] as const;
    },
    '/result': async (_url, body) => {
      resolve(JSON.parse(await body()) as PageResult);
      return ['text/plain', ''] as const;
    },
    '/failed': async (_url, body) => {
      reject(new Error(JSON.parse(await body()) as string));
      return ['text/plain', ''] as const;
    },
  };

  function filesOf(url: URL): Promise<ModelFiles> {
    const title = url.searchParams.get('problem');
    const problem = Object.values(PROBLEMS[job.subject]).find((known: Problem) => known.title === title) as
      Problem | undefined;
    if (!problem) throw new Error('there is no such problem');
    const files = made.get(problem) ?? modelFiles(problem);
    made.set(problem, files);
    return files;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts.get(url.pathname);
    const runtime = join(ort, basename(url.pathname));
    if (script) return send(response, 'text/javascript', script);
    if (url.pathname.startsWith('/ort/') && existsSync(runtime)) {
      return send(response, runtime.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', readFileSync(runtime));
    }
    const known = Object.hasOwn(answers, url.pathname) ? answers[url.pathname] : undefined;
    if (!known) return void response.writeHead(404).end();
    try {
      const [type, body] = await known(url, () => text(request));
      send(response, type, body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    result,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

const send = (response: ServerResponse, type: string, body: string | Uint8Array): void =>
  void response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);

const MOST_BYTES = 2 ** 20;

/** What was posted; more than a result can be is refused. */
async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    all += chunk;
    if (all.length > MOST_BYTES) throw new Error('too much was posted');
  }
  return all;
}
