import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../command-error';

/**
 * Path of a file in an installed data package, looked for from the current folder and from the command's own.
 * @throws CommandError that says how to install it
 */
export function datasetFile(name: string, file: string): string {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    try {
      return createRequire(from).resolve(`${name}/${file}`);
    } catch {
      // The next place may have it.
    }
  }
  throw new CommandError(`The data set is in the package ${name}, which is not installed here.`, {
    argument: 'data',
    got: name,
    remedy: `npm install ${name}`,
  });
}
