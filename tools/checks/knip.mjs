import { problemsOf } from '../lib/program.mjs';

/** Files nobody imports, exports nobody uses, dependencies that are unused or undeclared: see knip.json. */
export const knip = () => problemsOf('knip/bin/knip.js', ['--no-progress', '--reporter', 'compact']);
