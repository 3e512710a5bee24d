export * from './errors';
export { DTYPES, type DType, type Spec, type TypedArray } from './dtype';
export { attr, resolveAttrs, type Attr, type AttrSchema, type AttrValues } from './attr';
export type { Arg, Device, DeviceCaps, DeviceFactory } from './device';
export { defineKernel, type Kernel, type KernelSpec } from './kernel';
export {
  defineOp,
  implement,
  list,
  operand,
  optional,
  tensor,
  type Cost,
  type Implementation,
  type Input,
  type Op,
  type Sample,
  type SampleInput,
  type Tolerance,
  type TypedOp,
  type VjpCall,
} from './op';
export { applyOp } from './dispatch';
export { isTensor } from './brand';
export { Tensor, type NestedArray } from './tensor';
export type { TensorInput } from './input';
export { createZoo, Zoo, type Explanation, type LogEvent, type Memory, type ZooOptions } from './zoo';
export { checkpoint } from './ops/checkpoint';
export type { CompiledGraph, Executor, GraphFn, GraphSource, GraphValue } from './executor';
export { graphCost, nodeCost } from './ops/cost';
export type { Graph, GraphNode } from './trace';
export {
  API_VERSION,
  definePlugin,
  type Benchmark,
  type BenchmarkGoal,
  type BenchmarkLane,
  type Claim,
  type ClaimContext,
  type ClaimResult,
  type Paper,
  type Plugin,
  type PluginDefinition,
} from './plugin';
export { findModel, listModels, type LoadOptions, type Model, type ModelCard, type ProgressEvent } from './model';
export * from './ops/index';
