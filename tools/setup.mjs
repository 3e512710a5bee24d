// `npm run setup`: installs the locked dependencies, if they are not the installed ones.
import { setup } from './lib/setup.mjs';

process.exitCode = await setup();
