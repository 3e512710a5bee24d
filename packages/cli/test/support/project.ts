import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './cli';

/** A user's project with installed plugins. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'paperzoo-cli-'));

  constructor() {
    this.write('package.json', '{ "private": true }');
    // Node follows links before it resolves: plugins made here get the very core that the command has.
    mkdirSync(join(this.folder, 'node_modules/@paperzoo'), { recursive: true });
    symlinkSync(join(ROOT, 'packages/core'), join(this.folder, 'node_modules/@paperzoo/core'), 'junction');
  }

  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** An installed package whose plugin is this module; null installs none. */
  install(name: string, source: string | null, manifest: object = { paperzoo: { plugin: './plugin.mjs' } }): void {
    const folder = `node_modules/${name}`;
    this.write(`${folder}/package.json`, JSON.stringify({ name, version: '1.2.3', type: 'module', ...manifest }));
    if (source !== null) this.write(`${folder}/plugin.mjs`, source);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A plugin's module: `fields` is the source of further fields of its definition. */
export const pluginSource = (name: string, fields = ''): string => `
  import { definePlugin } from '@paperzoo/core';
  export default definePlugin({ name: '${name}', api: 1, license: 'MIT', paper: { title: 'A paper' }, ${fields} });
`;
