// Chromium on the machine's own graphics driver, without a window; where there is no driver it takes its software adapter.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { Unavailable } from '../../peers/contestant';
import { packageRoot } from './package-root';

interface Finder {
  findChromium(): string | undefined;
  readonly INSTALL_CHROMIUM: string;
}

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--enable-unsafe-webgpu', '--ignore-gpu-blocklist'],
  // Otherwise the adapter's clock is rounded to a tenth of a millisecond.
  '--enable-webgpu-developer-features',
];
/** Headless Chromium on Linux draws with Vulkan only when told to, and there is no surface to draw on. */
const LINUX = ['--use-angle=vulkan', '--enable-features=Vulkan', '--disable-vulkan-surface'];

/** Opens an address; `gone` rejects when the page or its browser dies. Throws `Unavailable`, saying how to get one, when there is no browser. */
export async function openInChromium(url: string): Promise<{ readonly gone: Promise<never>; close(): Promise<void> }> {
  const tool = pathToFileURL(join(packageRoot(), '../tools/lib/chromium.mjs')).href;
  const { findChromium, INSTALL_CHROMIUM } = (await import(tool)) as Finder;
  const executablePath = findChromium();
  if (!executablePath) throw new Unavailable(INSTALL_CHROMIUM);
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const args = process.platform === 'linux' ? [...FLAGS, ...LINUX] : FLAGS;
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
  const page = await browser.newPage();
  const gone = new Promise<never>((_resolve, reject) => {
    page.once('pageerror', reject);
    page.once('crash', () => reject(new Error('the page crashed')));
    browser.once('close', () => reject(new Error('Chromium ended')));
  });
  gone.catch(() => undefined);
  await page.goto(url);
  return {
    gone,
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
