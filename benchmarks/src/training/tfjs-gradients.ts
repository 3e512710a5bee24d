// Node's build of tfjs-core comes without its gradients; they are in the package, as modules that Node does not read as such.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

let ready: Promise<unknown> | undefined;

/** Adds tfjs' own gradients to its registry, which all copies of tfjs-core in a process share. Once per process. */
export const registerGradients = (): Promise<unknown> => (ready ??= register());

async function register(): Promise<unknown> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: {
      contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients.js';",
      resolveDir: dirname(fileURLToPath(import.meta.url)),
    },
    ...{ bundle: true, write: false, format: 'esm', platform: 'neutral', mainFields: ['module', 'main'] },
    logLevel: 'silent',
  });
  const source = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return import(`data:text/javascript;base64,${source}`);
}
