import type fs from 'node:fs/promises';
import { AttrError, FormatError, HubError } from '@paperzoo/core';
import { parseSafetensors, saveSafetensors, type Checkpoint } from '@paperzoo/hub';
import type { CheckpointStore } from './checkpoint-store';

export interface FolderCheckpointOptions {
  /** How many of the newest files stay; default 3. */
  readonly keep?: number;
}

const FILE = /^step-(\d{9,})\.safetensors$/;
const LEFTOVER = /^step-\d+\.safetensors\..*\.part$/;

/**
 * Checkpoints as safetensors files `step-000000100.safetensors` in a folder (Node). A file is written beside its place and renamed, and older ones
 * go only afterwards, so that a kill or a full disk leaves the previous one. `newest` passes over files that are damaged.
 * @throws AttrError when `keep` is not a positive integer; the store's methods throw HubError where the folder cannot be used
 */
export function folderCheckpoints(folder: string, { keep = 3 }: FolderCheckpointOptions = {}): CheckpointStore {
  if (!Number.isInteger(keep) || keep < 1) {
    const details = { argument: 'keep', expected: 'an integer of at least 1', got: keep };
    throw new AttrError(`folderCheckpoints: keep must be an integer of at least 1, got ${keep}.`, details);
  }
  const path = (name: string) => `${folder}/${name}`;
  return {
    async save(step, { tensors, metadata }) {
      const name = `step-${String(step).padStart(9, '0')}.safetensors`;
      await saveSafetensors(path(name), tensors, metadata);
      const { rm } = files();
      const names = await list(folder);
      const old = names.filter((each) => FILE.test(each)).sort(byStep).slice(keep); // prettier-ignore
      // What a killed run was writing: nobody else will remove it.
      for (const each of [...old, ...names.filter((n) => LEFTOVER.test(n))]) await rm(path(each), { force: true });
      return path(name);
    },
    async newest() {
      const names = (await list(folder)).filter((name) => FILE.test(name)).sort(byStep);
      let damage: unknown;
      for (const name of names) {
        try {
          const checkpoint: Checkpoint = parseSafetensors(await files().readFile(path(name)), { file: path(name) });
          return { tensors: checkpoint, metadata: checkpoint.metadata, name: path(name) };
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          damage ??= error;
        }
      }
      if (damage !== undefined) throw damage;
      return undefined;
    },
  };
}

const stepOf = (name: string) => Number(FILE.exec(name)?.[1]);
const byStep = (a: string, b: string) => stepOf(b) - stepOf(a);

async function list(folder: string): Promise<string[]> {
  try {
    return await files().readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new HubError(`The folder ${folder} cannot be read.`, { file: folder, cause });
  }
}

/** Asked for when it is needed, so that a bundle for browsers has nothing to resolve. */
function files(): typeof fs {
  if (typeof process === 'object' && typeof process.getBuiltinModule === 'function') {
    return process.getBuiltinModule('node:fs/promises');
  }
  throw new HubError('folderCheckpoints needs Node; this is a browser or a worker.', {
    expected: 'Node',
    got: 'browser',
    remedy: 'Pass a CheckpointStore of your own.',
  });
}
