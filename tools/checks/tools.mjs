import { problemsOf } from '../lib/program.mjs';

/** Lint of what belongs to no package. */
export const lintTools = () =>
  problemsOf('eslint/bin/eslint.js', ['--max-warnings', '0', 'tools', '*.mjs', '*.cjs', '*.ts']);

/** Type-check of the JavaScript in tools/, as far as its JSDoc goes. */
export const typesOfTools = () => problemsOf('typescript-7/bin/tsc', ['-p', 'tools']);
