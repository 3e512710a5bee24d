/** The part of cli-progress that is used; the package brings no types. */
declare module 'cli-progress' {
  interface Options {
    stream?: NodeJS.WritableStream;
    format?: string;
    barsize?: number;
    hideCursor?: boolean;
    clearOnComplete?: boolean;
    linewrap?: boolean;
    gracefulExit?: boolean;
  }
  export class SingleBar {
    constructor(options: Options, preset: object);
    start(total: number, value: number, payload: Readonly<Record<string, string>>): void;
    update(value: number, payload: Readonly<Record<string, string>>): void;
    stop(): void;
  }
  export const Presets: { readonly shades_classic: object };
}
