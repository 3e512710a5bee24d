import { FormatError } from '@paperzoo/core';
import { jsonReader, quote } from '../json/reader';
import { decodeUtf8 } from '../json/utf8';

/** What `model.safetensors.index.json` says. */
export interface ShardIndex {
  /** Tensor names by shard file, shards in order of first mention. */
  readonly shards: ReadonlyMap<string, ReadonlySet<string>>;
  /** Bytes of all tensors as the file claims; not to be trusted for allocation. */
  readonly totalSize: number | undefined;
}

const MAX_SHARDS = 10_000;
const MAX_DEPTH = 16;

/**
 * Reads a sharded checkpoint's index. Shards must be plain names of safetensors files beside it: a path or a URL could
 * reach files that nobody asked for.
 * @throws FormatError naming the file, the tensor and what is wrong
 */
export function parseShardIndex(bytes: Uint8Array | string, file = 'index.json'): ShardIndex {
  const text = typeof bytes === 'string' ? bytes : decodeUtf8(bytes, file);
  const json = jsonReader(text, file);
  const shards = new Map<string, Set<string>>();
  let totalSize: number | undefined;
  let mapped = false;
  json.object((key) => {
    if (key === 'metadata') {
      const metadata = json.value(MAX_DEPTH);
      const claim =
        metadata && typeof metadata === 'object' && !Array.isArray(metadata) ? metadata['total_size'] : undefined;
      if (typeof claim === 'number' && Number.isSafeInteger(claim) && claim >= 0) totalSize = claim;
    } else if (key === 'weight_map') {
      mapped = true;
      json.object((tensor) => {
        const at = json.position;
        const shard = json.string();
        if (!isPlainFileName(shard) || !shard.endsWith('.safetensors')) {
          json.fail(
            `tensor ${quote(tensor)} is in ${quote(shard)}, which is not the plain name of a safetensors file`,
            at,
          );
        }
        const names = shards.get(shard) ?? new Set();
        shards.set(shard, names.add(tensor));
        if (shards.size > MAX_SHARDS) json.fail(`more than ${MAX_SHARDS} shards`, at);
      });
    } else {
      json.value(MAX_DEPTH);
    }
  });
  json.end();
  if (!mapped) {
    throw new FormatError(`${file} has no "weight_map".`, { file, expected: 'weight_map: tensor name → file name' });
  }
  return { shards, totalSize };
}

/** A name without folder, drive, query or escape that means the same on every system and in a URL. */
export function isPlainFileName(name: string): boolean {
  return (
    name.length > 0 && name.length <= 255 && !name.startsWith('.') && !/[/\\:*?"<>|#%\u0000-\u001f\u007f]/.test(name)
  );
}
