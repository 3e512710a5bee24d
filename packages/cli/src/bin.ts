#!/usr/bin/env node
import { main } from './main';

// exitCode and not exit(): what is still in the pipes gets out.
process.exitCode = await main(process.argv.slice(2));
