import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface TestServer {
  readonly url: string;
  /** Paths asked for so far, in order. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  /** What each path answers: bytes, or a handler. */
  readonly routes: Map<string, Uint8Array | string | Handler>;
  close(): Promise<void>;
}

/** A hub on this machine: knows the paths it is told, everything else is 404. */
export async function startServer(): Promise<TestServer> {
  const routes: TestServer['routes'] = new Map();
  const requests: string[] = [];
  const headers: TestServer['headers'] = [];
  const server = createServer((request, response) => {
    const path = request.url!;
    requests.push(path);
    headers.push(request.headers);
    const route = routes.get(path);
    if (route === undefined) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end('Entry not found');
    } else if (typeof route === 'function') {
      void route(request, response);
    } else {
      response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': Buffer.byteLength(route) })
        .end(route);
    }
  });
  // On a loaded machine a server that ends idle connections ends one just as the next request takes it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    headers,
    routes,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
