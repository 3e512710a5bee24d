import type { ModelBytes } from './model-bytes';
import type { OrtOptions } from './options';
import { openRuntime, type Runtime } from './runtime';
import { OrtSession } from './session';

/** A session that several callers may share; the last to let go ends it. */
export interface Lease {
  readonly session: OrtSession;
  release(): Promise<void>;
}

/** Sessions by what their models hold: a model that is compiled twice is started once. */
export class Sessions {
  private readonly known = new Map<string, { readonly session: Promise<OrtSession>; users: number }>();
  private runtime: Promise<Runtime> | undefined;

  constructor(private readonly options: OrtOptions) {}

  async open(model: ModelBytes, held: readonly string[]): Promise<Lease> {
    this.runtime ??= openRuntime(this.options).catch((error: unknown) => {
      this.runtime = undefined;
      throw error;
    });
    const runtime = await this.runtime;
    const key = await keyOf(model, held);
    const entry = this.known.get(key) ?? { session: OrtSession.create(runtime, model, held), users: 0 };
    this.known.set(key, entry);
    entry.users++;
    const release = async () => {
      entry.users--;
      if (entry.users > 0) return;
      this.known.delete(key);
      await (await entry.session).release();
    };
    try {
      let released: Promise<void> | undefined;
      return { session: await entry.session, release: () => (released ??= release()) };
    } catch (error) {
      this.known.delete(key);
      throw error;
    }
  }
}

let anonymous = 0;

/** A hash of the content; weights may have changed since the same model was compiled. Pages without a secure context have no hashes. */
async function keyOf({ bytes, externalData = [] }: ModelBytes, held: readonly string[]): Promise<string> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) return String(anonymous++);
  const hashes: string[] = [];
  for (const part of [bytes, ...externalData.map((file) => file.bytes)]) {
    const hash = new Uint8Array(await subtle.digest('SHA-256', part as Uint8Array<ArrayBuffer>));
    hashes.push([...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  }
  return [...hashes, ...held].join(' ');
}
