// Opens the page in a headless Chromium of its own and waits for its report, for terminals and continuous integration.
import { findChromium } from '../../../tools/lib/chromium.mjs';
import { serve } from './serve.mjs';

const POLL_MS = 250;

/** Whether there is a Chromium or Chrome to run in. */
export const hasBrowser = () => findChromium() !== undefined;

/**
 * Resolves to the page's report; rejects with the signal's reason when that fires, and with what the page or the browser says when one of them
 * breaks. The browser and its profile are gone afterwards in any case.
 *
 * @param {object} options
 * @param {string} options.query of the page's address, such as `?only=matmul&sizes=all`
 * @param {readonly string[]} options.plugins folders or files
 * @param {AbortSignal} options.signal
 * @param {(state: { total: number, done: number, failed: number, now: string }) => void} options.onProgress
 */
export async function runInBrowser({ query, plugins, signal, onProgress }) {
  // Loaded here: whoever only serves the page needs no playwright.
  const { launchBrowser } = await import('../../../tools/lib/browser.mjs');
  const site = await serve(0, plugins);
  let browser;
  try {
    signal.throwIfAborted();
    // Ctrl-C is the caller's: playwright would end the process and leave the profile behind.
    browser = await launchBrowser({ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
    const page = await browser.context.newPage();
    const ended = endOf(page, signal);
    await Promise.race([page.goto(site.url + query), ended]);
    for (;;) {
      const { report, error, ...state } = await Promise.race([page.evaluate(() => globalThis.paperzoo ?? {}), ended]);
      if (error) throw Object.assign(new Error(`The page says: ${error}`), { code: 'page' });
      if (report) return report;
      if (state.total) onProgress(state);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, POLL_MS)), ended]);
    }
  } finally {
    await browser?.close();
    await site.close();
  }
}

/** Rejects when nothing more is to be expected of the page. */
function endOf(page, signal) {
  const ended = new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    page.once('crash', () => reject(new Error('The page crashed: the browser may have run out of memory.')));
    page.once('close', () => reject(new Error('The browser closed the page.')));
    page.on('pageerror', async (error) => {
      // After its start the page tells of its own failures, and the check that is running of its.
      if (!(await page.evaluate('typeof paperzoo').catch(() => undefined))?.includes('object')) reject(error);
    });
  });
  // It may also come when nobody waits any more.
  ended.catch(() => undefined);
  return ended;
}
