// Serves the page that checks a browser, bundled from the sources together with plugins, to this machine alone.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const HEADERS = {
  // Both together make the page cross-origin isolated, which shared memory and threads need.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  // Nothing here may run code from strings, and neither wasm nor WebGPU needs it. Threads start from a Blob.
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' data:; img-src 'self' data:",
  'cache-control': 'no-store',
};

/** Folders of the plugins beside this package, in the order of their names. */
export function ownPlugins() {
  const folder = here('../../../plugins');
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'package.json')));
}

/** The module of a plugin that is named by a file or by a package's folder: its sources where it shows them, else what is built. */
function entryOf(path) {
  const manifest = join(path, 'package.json');
  if (!existsSync(manifest)) return resolve(path);
  const { exports = {}, paperzoo, main = 'index.js' } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(path, exports['.']?.['@paperzoo/source'] ?? paperzoo?.plugin ?? exports['.']?.default ?? main);
}

/** Plugins from elsewhere get the copy of the core that the page has: another one would refuse them. */
const oneCore = {
  name: 'one core',
  setup(bundle) {
    bundle.onResolve({ filter: /^@paperzoo\/(core|device-\w+|testing)$/ }, ({ path, pluginData, ...rest }) =>
      pluginData === oneCore
        ? undefined
        : bundle.resolve(path, { ...rest, resolveDir: here('.'), pluginData: oneCore }),
    );
  },
};

async function bundle(plugins) {
  const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));
  const list = plugins.map((_, i) => `plugin${i}`).join(', ');
  const contents = [
    `import { start } from ${JSON.stringify(here('./page.ts'))};`,
    ...plugins.map((path, i) => `import plugin${i} from ${JSON.stringify(entryOf(realpathSync(path)))};`),
    `void start([${list}], ${JSON.stringify(version)});`,
  ].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here('.'), sourcefile: 'start.ts' },
    ...{ bundle: true, write: false, splitting: true, outdir: 'out', entryNames: 'page', format: 'esm' },
    ...{ platform: 'browser', target: 'es2022', conditions: ['@paperzoo/source'], logLevel: 'silent' },
    plugins: [oneCore],
  });
  return outputFiles;
}

/**
 * Bundles and serves; port 0 takes a free one.
 *
 * @param {number} port
 * @param {readonly string[]} plugins folders of packages, or files that export a plugin; the page checks their ops and models
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve(port = 0, plugins = ownPlugins()) {
  const scripts = (await bundle(plugins)).map(({ path, contents }) => [
    `/${basename(path)}`,
    ['text/javascript', contents],
  ]);
  const files = new Map([
    ['/', ['text/html; charset=utf-8', readFileSync(here('./index.html'))]],
    ['/page.css', ['text/css', readFileSync(here('./page.css'))]],
    ...scripts,
  ]);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [type, body] = files.get(pathname) ?? [];
    if (body) response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body);
    else response.writeHead(404, HEADERS).end();
  });
  await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', () => done(undefined)));
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done(undefined)));
    },
  };
}
