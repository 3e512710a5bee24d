// A race in a browser's page: in Chromium, or in whatever browser a person opens the address with.
import { throwIfAborted } from '@paperzoo/core';
import type { Job, PageResult } from '../problem';
import { openInChromium } from './chromium';
import { serveJob } from './site';

export interface PageHost {
  readonly signal: AbortSignal | undefined;
  /** Where the page is served; 0 takes a free port. */
  readonly port: number;
  /** Told where the page is when a person is to open it; without it Chromium does. */
  readonly onOpen?: ((url: string) => void) | undefined;
  onProgress(fraction: number): void;
}

/** Runs a job in a page. Rejects with `AbortError`, with `Unavailable` where there is no browser, or with the page's reason. */
export async function raceInPage(job: Job, { signal, port, onOpen, onProgress }: PageHost): Promise<PageResult> {
  const site = await serveJob(job, port, onProgress);
  let browser: Awaited<ReturnType<typeof openInChromium>> | undefined;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Error('aborted'));
  });
  aborted.catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (onOpen) onOpen(site.url);
    else browser = await openInChromium(site.url);
    throwIfAborted(signal, 'The benchmark');
    return await Promise.race([site.result, aborted, ...(browser ? [browser.gone] : [])]);
  } catch (error) {
    throwIfAborted(signal, 'The benchmark');
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await browser?.close();
    await site.close();
  }
}
