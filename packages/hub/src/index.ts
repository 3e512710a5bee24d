/**
 * Checkpoints, caches and images: safetensors in and out, files from a hub, an address or disk, and pixels as timm
 * prepares them. Importing touches neither network nor disk.
 */
export { parseSafetensors, readSafetensors, type ReadOptions } from './safetensors/read';
export { writeSafetensors, type WritableTensor } from './safetensors/write';
export { saveSafetensors } from './safetensors/save';
export { narrowToF16 } from './safetensors/narrow';
export { Checkpoint } from './safetensors/checkpoint';
export { CheckpointTensor } from './safetensors/tensor';
export type { SafetensorsDType } from './safetensors/dtypes';
export type { BlobLike, ByteSource, FileHandleLike } from './safetensors/source';
export { parseShardIndex, type ShardIndex } from './safetensors/shard-index';

export { fetchCheckpoint, type CheckpointSource, type FetchCheckpointOptions } from './hub/fetch-checkpoint';
export { openSource, type FileSource } from './hub/source';
export type { HubOptions } from './hub/options';
export type { HubCache } from './cache/cache';
export { defaultCacheDir } from './cache/fs';
export { sha256Hex } from './hub/sha256';

export {
  readJsonConfig,
  type ConfigField,
  type ConfigFields,
  type ConfigOf,
  type JsonConfigOptions,
} from './json/config';
export type { JsonObject, JsonValue } from './json/reader';

export { decodeImage, type DecodeImageOptions } from './image/decode';
export { resizeBicubic, resizeBilinear } from './image/resize';
export { cropImage, preprocessImage, type PixelTensor, type PreprocessOptions } from './image/preprocess';
export type { RgbImage } from './image/image';
export type { Interpolation } from './image/resample';
