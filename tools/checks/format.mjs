import { problemsOf } from '../lib/program.mjs';

/** Files that prettier would write differently: `npm run format` mends them. */
export const format = () =>
  problemsOf('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '--cache', '--cache-strategy=content', '.']);
