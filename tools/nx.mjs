// Starts the workspace's own nx with the given arguments.
import { nx } from './lib/nx.mjs';

process.exitCode = (await nx(process.argv.slice(2))).code;
