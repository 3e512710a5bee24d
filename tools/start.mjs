// `npm start`: everything else is loaded after the check, so that an old Node meets a sentence and not a stack trace.
import { nodeProblem } from './lib/node-version.mjs';

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 1;
} else {
  import('./lib/start.mjs')
    .then(({ start }) => start(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    });
}
