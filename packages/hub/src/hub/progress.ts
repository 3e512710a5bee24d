import type { ProgressEvent } from '@paperzoo/core';

/** Turns byte counts of single files into the events that progress bars of transformers.js know. */
export class ProgressReporter {
  readonly #files = new Map<string, { loaded: number; total: number | undefined }>();

  constructor(
    private readonly name: string,
    private readonly listener: ((event: ProgressEvent) => void) | undefined,
  ) {}

  initiate(file: string): void {
    this.#files.set(file, { loaded: 0, total: undefined });
    this.listener?.({ status: 'initiate', name: this.name, file });
  }

  download(file: string): void {
    this.listener?.({ status: 'download', name: this.name, file });
  }

  /** @param total undefined when the server does not say */
  progress(file: string, loaded: number, total: number | undefined): void {
    this.#files.set(file, { loaded, total });
    if (!this.listener) return;
    this.listener({ status: 'progress', name: this.name, file, ...amounts(loaded, total) });
    let allLoaded = 0;
    let allTotal: number | undefined = 0;
    for (const each of this.#files.values()) {
      allLoaded += each.loaded;
      allTotal = allTotal === undefined || each.total === undefined ? undefined : allTotal + each.total;
    }
    this.listener({ status: 'progress_total', name: this.name, ...amounts(allLoaded, allTotal) });
  }

  done(file: string, bytes: number): void {
    this.progress(file, bytes, bytes);
    this.listener?.({ status: 'done', name: this.name, file });
  }

  ready(): void {
    this.listener?.({ status: 'ready', name: this.name });
  }
}

function amounts(loaded: number, total: number | undefined) {
  if (total === undefined) return { loaded };
  return { loaded, total, progress: total ? Math.min(100, (loaded / total) * 100) : 100 };
}
