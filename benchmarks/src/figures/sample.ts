import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The checkpoint of M0 among the plugin's fixtures. Rejects when the plugin comes without them, as it does from the registry. */
export async function sampleCheckpoint(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@paperzoo/efficientvit/package.json');
  const folder = join(dirname(manifest), 'test/fixtures/checkpoint');
  const files = await readdir(folder).catch(() => []);
  const file = files.find((name) => name.startsWith('efficientvit_m0') && name.endsWith('.safetensors'));
  if (!file) throw new Error(`${folder} holds no checkpoint of efficientvit_m0`);
  return join(folder, file);
}
