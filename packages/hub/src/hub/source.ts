import { AttrError, HubError, throwIfAborted } from '@paperzoo/core';
import { isMissing, readWhole } from '../cache/read-whole';
import { isPlainFileName } from '../safetensors/shard-index';
import { isNode, nodeModule } from './node';
import { FileNotFound } from './not-found';
import { expectationFor, requireSafeUrl, resolveOptions, type HubOptions, type ResolvedOptions } from './options';
import { ProgressReporter } from './progress';
import { remoteFile } from './remote-file';
import { verifyBytes } from './verify';

/** The name that hubs give to an unsharded checkpoint. */
export const MAIN_FILE = 'model.safetensors';

/** A folder of model files, wherever it is. */
export interface FileSource {
  /** For messages and progress events: the repository, the address or the path. */
  readonly name: string;
  /** The file that the source itself names, if it is not a whole folder. */
  readonly entry: string | undefined;
  /** Full address or path of a file. */
  locate(file: string): string;
  /**
   * The whole file, checked against `sha256` and `size` of the options.
   * @throws HubError when it is not there; IntegrityError, FormatError, AbortError
   */
  read(file: string): Promise<Uint8Array>;
  /** Ends the progress: sends the event `ready`. */
  ready(): void;
}

const FILE_ENDING = /\.(?:safetensors|json|bin|ckpt|pth?|pkl|pickle|txt|jinja|onnx|jpe?g|png|webp|gif|avif|bmp)$/i;

/**
 * Opens `hf:org/repo[@revision]`, an https address of a folder or file, or (Node) a folder or file path; in browsers a
 * path is relative to the page. Nothing is fetched before `read`.
 */
export async function openSource(source: string | URL, options: HubOptions = {}): Promise<FileSource> {
  const resolved = resolveOptions(options);
  const text = String(source);
  if (/^hf:/i.test(text)) return hubSource(text, resolved);
  if (/^file:/i.test(text)) return localSource(nodeModule('node:url', text).fileURLToPath(text), resolved);
  if (/^https?:/i.test(text)) return urlSource(new URL(text), resolved);
  // One letter before the colon is a Windows drive.
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw new HubError(`${text.slice(0, 200)} has a scheme that cannot be loaded.`, {
      argument: 'source',
      expected: ['hf:org/repo', 'https://…', 'a path'],
      got: text,
    });
  }
  return isNode() ? localSource(text, resolved) : urlSource(new URL(text, location.href), resolved);
}

function hubSource(text: string, options: ResolvedOptions): FileSource {
  const parts = /^hf:([A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)?)(?:@([\w.][\w./-]*))?$/i.exec(text);
  const repo = parts?.[1];
  const revision = parts?.[2] ?? options.revision;
  if (
    repo === undefined ||
    [...repo.split('/'), ...revision.split('/')].some((part) => part === '..' || part === '.')
  ) {
    throw new AttrError(`${text.slice(0, 200)} is not a repository.`, {
      argument: 'source',
      expected: 'hf:org/repo or hf:org/repo@revision',
      got: text,
    });
  }
  const base = new URL(`${options.endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/`);
  return remoteSource(repo, base, undefined, options);
}

function urlSource(url: URL, options: ResolvedOptions): FileSource {
  requireSafeUrl(url);
  const last = url.pathname.split('/').at(-1)!;
  if (FILE_ENDING.test(last)) return remoteSource(url.href, url, decodeURIComponent(last), options);
  const base = new URL(url);
  if (last) base.pathname += '/';
  return remoteSource(url.href, base, undefined, options);
}

function remoteSource(name: string, base: URL, entry: string | undefined, options: ResolvedOptions): FileSource {
  const progress = new ProgressReporter(name, options.onProgress);
  // The entry keeps its query: signed addresses need it.
  const address = (file: string) =>
    file === entry ? base : new URL(checkPath(file).map(encodeURIComponent).join('/'), base);
  return {
    name,
    entry,
    locate: (file) => address(file).href,
    read: async (file) =>
      remoteFile(address(file), file, expectationFor(options, file, file === (entry ?? MAIN_FILE)), options, progress),
    ready: () => progress.ready(),
  };
}

async function localSource(path: string, options: ResolvedOptions): Promise<FileSource> {
  if (options.allowLocal === false) {
    throw new HubError(`${path} is a local path, and allowLocal is false.`, {
      argument: 'allowLocal',
      got: false,
      file: path,
    });
  }
  const fs = nodeModule('node:fs/promises', `Reading ${path}`);
  const { join, dirname, basename } = nodeModule('node:path', path);
  const stat = await fs.stat(path).catch((cause: unknown) => {
    const remedy = /^[\w.-]+\/[\w.-]+$/.test(path)
      ? `For a repository on the hub write "hf:${path}".`
      : 'Check the path.';
    throw new HubError(`There is nothing at ${path}.`, { file: path, cause, remedy });
  });
  const folder = stat.isDirectory() ? path : dirname(path);
  const entry = stat.isDirectory() ? undefined : basename(path);
  const progress = new ProgressReporter(path, options.onProgress);
  const locate = (file: string) => (file === entry ? path : join(folder, ...checkPath(file)));
  return {
    name: path,
    entry,
    locate,
    ready: () => progress.ready(),
    async read(file) {
      throwIfAborted(options.signal, `Reading ${path}`);
      progress.initiate(file);
      const at = locate(file);
      let bytes: Uint8Array;
      try {
        bytes = await readWhole(at, options.maxBytes);
      } catch (cause) {
        if (cause instanceof HubError) throw cause;
        if (!isMissing(cause)) throw new HubError(`${at} could not be read.`, { file: at, cause });
        const near = (await fs.readdir(folder)).filter((name) => name.endsWith('.safetensors')).slice(0, 10);
        throw new FileNotFound(`${at} does not exist${near.length ? `; the folder has ${near.join(', ')}` : ''}.`, {
          file: at,
          cause,
        });
      }
      await verifyBytes(bytes, expectationFor(options, file, file === (entry ?? MAIN_FILE)), at);
      progress.done(file, bytes.length);
      return bytes;
    },
  };
}

/** Segments of a relative path inside the source; anything that could leave it is refused. */
function checkPath(file: string): string[] {
  const parts = file.split('/');
  if (parts.every(isPlainFileName)) return parts;
  throw new AttrError(`"${file.slice(0, 200)}" is not a file name inside a model folder.`, {
    argument: 'file',
    expected: 'plain names',
    got: file,
  });
}
