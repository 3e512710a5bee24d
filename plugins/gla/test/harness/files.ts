// The fixtures' bytes, in Node from this folder, in a page from the site that serves it: cases never know which.
const known = new Map<string, Uint8Array>();

/** The site's address of the fixtures. */
export const SITE = '/fixtures/';

/** Where a file or folder below `fixtures` lies: a path in Node, an address in a page. */
export const locate = (path: string): string =>
  typeof document === 'undefined' ? new URL(`../fixtures/${path}`, import.meta.url).pathname : SITE + path;

/** Takes a file that a page has fetched. */
export const provide = (path: string, bytes: Uint8Array): void => void known.set(path, bytes);

/** A file below `fixtures`; a page needs it provided before. */
export function fileBytes(path: string): Uint8Array {
  const found = known.get(path);
  if (found) return found;
  // An import of Node's modules would end up in the page's bundle.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const bytes = new Uint8Array(readFileSync(locate(path)));
  known.set(path, bytes);
  return bytes;
}

export const fileJson = (path: string): unknown => JSON.parse(new TextDecoder().decode(fileBytes(path)));
