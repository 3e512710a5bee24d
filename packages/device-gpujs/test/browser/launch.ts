import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

interface Finder {
  findChromium(): string | undefined;
  readonly INSTALL_CHROMIUM: string;
}

// The last one offers the software adapter of WebGPU on machines without a graphics card.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
];

/** Starts Chromium with a profile of its own. Throws, saying how to get one, when there is none: a browser test never passes without. */
export async function launch(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const tool = new URL('../../../../tools/lib/chromium.mjs', import.meta.url).href;
  const { findChromium, INSTALL_CHROMIUM } = (await import(tool)) as Finder;
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
