import { afterAll, beforeAll, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withDisplayP3 } from './support/color-profile';
import { runModuleInPage } from './support/page';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperzoo-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a page decodes photographs to the same bits, and keeps checkpoints in OPFS and the Cache API', async () => {
  const crops = fixture('crops.safetensors');
  const tagged = join(folder, 'p3.jpg');
  await writeFile(tagged, await withDisplayP3(await readFile(fixture('chelsea.jpg'))));
  await runModuleInPage(new URL('./support/browser-program.ts', import.meta.url), {
    '/chelsea.jpg': fixture('chelsea.jpg'),
    '/chelsea-p3.jpg': pathToFileURL(tagged),
    '/rocket.jpg': fixture('rocket.jpg'),
    '/crops.safetensors': crops,
    '/net/model.safetensors': crops,
  });
});
