import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Runs an ES module's source in a fresh Node process that resolves packages as this one does, and parses the JSON it prints. Rejects with the
 * end of its error output when it fails, or when the signal fires.
 */
export async function runFresh<T>(source: string, args: readonly string[], signal?: AbortSignal): Promise<T> {
  const cwd = dirname(fileURLToPath(import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', source, '--', ...args],
      { cwd, timeout: 120_000, maxBuffer: 1 << 20, ...(signal && { signal }) },
    );
    return JSON.parse(stdout) as T;
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr ?? '';
    const said = stderr.split('\n').find((line) => /Error\b/.test(line));
    throw said ? new Error(said, { cause: error }) : error;
  }
}
