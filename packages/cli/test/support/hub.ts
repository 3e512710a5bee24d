import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Hub {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A hub on this machine: `answers` says what a path gives, everything else is 404. */
export async function startHub(
  answers: Readonly<Record<string, Uint8Array | ((response: ServerResponse) => void)>>,
): Promise<Hub> {
  const requests: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    requests.push(url);
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end('Entry not found');
    else if (typeof answer === 'function') answer(response);
    else response.writeHead(200, { 'content-length': answer.length }).end(answer);
  });
  // On a loaded machine a server that ends idle connections ends one just as the next request takes it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
