import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../command-error';
import type { Context } from '../context';
import { repositoryRoot } from '../plugins/repository';

interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** `paperzoo check-browser`: serves the page that runs the suite in a person's own browser, until Ctrl-C. */
export async function checkBrowser({ terminal, signal }: Context, { port = 0 }: { port?: number }): Promise<void> {
  const root = repositoryRoot();
  const file = root && join(root, 'packages/testing/browser/serve.mjs');
  if (!file || !existsSync(file)) {
    throw new CommandError('The page is part of the paperzoo repository, which is not here.', {
      remedy: 'Clone it and run there: npm start -- check-browser',
    });
  }
  const { serve } = (await import(pathToFileURL(file).href)) as { serve(port: number): Promise<Site> };
  const site = await serve(port);
  terminal.result({ url: site.url }, () => {
    terminal.write(`Open ${site.url} in the browser that is to be checked. Ctrl-C stops serving.`);
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await site.close();
}
