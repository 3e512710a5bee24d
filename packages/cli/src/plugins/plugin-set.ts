import type { Plugin } from '@paperzoo/core';

/** A plugin that can be used, and where it came from. */
export interface FoundPlugin {
  readonly name: string;
  readonly version?: string;
  /** Its folder, or its file when one was named. */
  readonly path: string;
  /** The file that exports it. */
  readonly file: string;
  readonly plugin: Plugin;
}

/** A plugin that is there and cannot be used. */
export interface BrokenPlugin {
  readonly name: string;
  readonly path: string;
  /** One sentence. */
  readonly error: string;
  /** Its file does not exist yet: nothing is wrong with it but that. */
  readonly unbuilt?: true;
}

export interface PluginSet {
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
}
