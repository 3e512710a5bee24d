export { Constant } from './constant';
export { Counter } from './counter';
export { foldBnLinear, foldConvBn, type Folded, type NormValues } from './fold';
export { hostTensor, reshapeHost, type HostDType, type HostTensor } from './host-tensor';
export { init, type Initializer } from './init';
export type { Loadable, LoadOptions, LoadReport, StateSource } from './load-state-dict';
export { Module, type AnyModule, type State } from './module';
export { named } from './named';
export { Parameter } from './parameter';
export { Random } from './random';
export { Sequential, type Step } from './sequential';
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from './layers/batch-norm';
export { Conv2d, type Conv2dOptions } from './layers/conv2d';
export { LayerNorm } from './layers/layer-norm';
export { Linear, type LinearOptions } from './layers/linear';
export { binaryCrossEntropy } from './losses/binary-cross-entropy';
export { distillationLoss, type DistillationOptions } from './losses/distillation';
export { meanSquaredError } from './losses/mean-squared-error';
export { mixupTargets, type MixupTargetOptions } from './losses/mixup-targets';
export { softTargetCrossEntropy } from './losses/soft-target-cross-entropy';
export { adam } from './optim/adam';
export { adamw, type AdamOptions } from './optim/adamw';
export { adaptiveClip, clipByGlobalNorm, globalNorm, type GradientClip } from './optim/clip';
export { MovingAverage } from './optim/moving-average';
export type { Optimizer, OptimizerState, OptimizerStep, ParameterGroups, Tensors } from './optim/optimizer';
export {
  constantRate,
  cosineRate,
  linearRate,
  perEpoch,
  warmUp,
  type Schedule,
  type WarmUpOptions,
} from './optim/schedule';
export { sgd, type SgdOptions } from './optim/sgd';
export { Philox } from './philox';
export type { CheckpointStore, Snapshot } from './train/checkpoint-store';
export { DataLoader, type BatchSource, type DataLoaderOptions } from './train/data-loader';
export { folderCheckpoints, type FolderCheckpointOptions } from './train/folder-checkpoints';
export { train, type TrainEvent, type TrainOptions } from './train/train';
export { TrainingError } from './train/training-error';
