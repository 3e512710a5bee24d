import type { BrowserContext, LaunchOptions, Page } from 'playwright-core';

type Headers = Readonly<Record<string, string>>;
interface Answer {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Headers;
}
type Find = (path: string) => Answer | undefined;
interface Site {
  readonly url: string;
  close(): Promise<void>;
}
interface Programs {
  /** Path → headers of an empty page that loads the program. */
  readonly pages?: Readonly<Record<string, Headers>>;
  readonly minify?: boolean;
  /** What else the site answers. */
  readonly files?: Find;
}

export declare const ISOLATED: Headers;
export declare const STRICT: Headers;
export declare function launchBrowser(
  options?: LaunchOptions,
): Promise<{ readonly context: BrowserContext; close(): Promise<void> }>;
export declare function serveFiles(find: Find): Promise<Site>;
export declare function serveProgram(
  program: URL | string,
  options?: Programs,
): Promise<Site & { readonly script: string }>;
export declare function openPage(
  program: URL | string,
  options?: Programs,
): Promise<{ readonly page: Page; close(): Promise<void> }>;
