// Prints which Chromium the browser tests will use: an input of nx's cache, so that installing one runs the tests again.
import { findChromium } from './lib/chromium.mjs';

console.log(findChromium() ?? 'no Chromium');
