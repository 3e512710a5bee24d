import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe'];
const FOLDERS = [
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
  'C:\\Program Files\\Google\\Chrome\\Application',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application',
];

/** How a person gets the browser that the tests need. */
export const INSTALL_CHROMIUM =
  'The browser tests need Chromium or Chrome and found none. Debian and Ubuntu: "apt-get install chromium"; elsewhere install ' +
  'Chrome, or set CHROMIUM_PATH to the program.';

/** Path of a Chromium or Chrome: the one that CHROMIUM_PATH names, else the first in PATH and the usual places; undefined without one. */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) return existsSync(env.CHROMIUM_PATH) ? env.CHROMIUM_PATH : undefined;
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...FOLDERS];
  const names = [...NAMES, 'Google Chrome', 'Chromium'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
}
