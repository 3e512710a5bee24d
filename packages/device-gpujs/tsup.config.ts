import { defineConfig } from 'tsup';
import base from '../../tsup.base';

/**
 * gpu.js is bundled, as a chunk of its own that is loaded when a device is made: as a dependency it would bring its users 84 MB that it
 * never loads and a native module that few machines can build.
 */
export default defineConfig({
  ...base,
  noExternal: ['gpu.js'],
  esbuildOptions(options) {
    // The build for browsers works in Node too, and asks for no native module.
    options.mainFields = ['browser', 'main'];
  },
});
