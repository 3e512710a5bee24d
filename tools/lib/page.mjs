import { readFileSync } from 'node:fs';
import { ISOLATED, launchBrowser, serveFiles } from './browser.mjs';

/**
 * Runs one module script in a cross-origin isolated page of Chromium to its end; rejects with the page's own error.
 *
 * @param {string} script ES module text that needs no other module
 * @param {Record<string, string>} files what the page may fetch: address (a path of the page's, or an absolute URL) → local file
 */
export async function runInPage(script, files) {
  const site = await serveFiles((path) => answer(path, script, files));
  const browser = await launchBrowser();
  try {
    const page = await browser.context.newPage();
    const failed = new Promise((_resolve, reject) => page.on('pageerror', reject));
    for (const [url, file] of Object.entries(files).filter(([url]) => url.startsWith('https:'))) {
      const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
      await page.route(url, (route) => route.fulfill({ path: file, headers }));
    }
    await page.goto(site.url);
    await Promise.race([page.waitForFunction('globalThis.programEnded === true'), failed]);
  } finally {
    await browser.close();
    await site.close();
  }
}

function answer(path, script, files) {
  const send = (type, body) => ({ type, body, headers: ISOLATED });
  if (path === '/')
    return send('text/html', '<!doctype html><title>page</title><script type="module" src="/page.js"></script>');
  if (path === '/page.js') return send('text/javascript', `${script}\nglobalThis.programEnded = true;`);
  return files[path] && send('application/octet-stream', readFileSync(files[path]));
}
