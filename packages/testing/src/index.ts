export { ConformanceError, type Check, type Mismatch } from './check';
export { conform, type ConformOptions } from './conform';
export { conformGraphs, type ConformGraphsOptions } from './conform-graphs';
export { conformOnnx, type ConformOnnxOptions } from './conform-onnx';
export { onnxRunner, onnxWriter, type OnnxRuntime } from './onnx-runtime';
export {
  conformModels,
  type CheckableModel,
  type CheckableModule,
  type ConformModelsOptions,
  type HostWeight,
} from './conform-models';
export { ErrorReport, type ErrorEntry } from './report';
export { variants } from './variants';
