export type { Dim, ExternalFile, OnnxExport, Port } from './export';
export {
  FORMS,
  OPSETS,
  type DynamicAxes,
  type ExportOptions,
  type ExportProgress,
  type Form,
  type Opset,
} from './options';
export { inspectOnnx, type OnnxSummary, type OnnxValue } from './read/inspect';
export type { ReadOnnxOptions } from './read/read-model';
export { UnsupportedError } from './unsupported-error';
export { exportGraph, exportModel, type GraphExportOptions } from './export-graph';
export { exportOnnx, type Exportable } from './export-onnx';
export type { NodeWriter, OnnxCall, OnnxRule, OnnxTarget } from './lower/rule';
export { ort, type OpenOptions, type OrtExecutor } from './executor/ort';
export {
  BACKENDS,
  type CompileOptions,
  type CompileProgress,
  type OrtBackend,
  type OrtOptions,
} from './executor/options';
export { inspectGraph, type GraphSummary } from './graph/inspect-graph';
export { restoreGraph } from './graph/restore-graph';
export { runGraph } from './graph/run-graph';
export { saveGraph } from './graph/save-graph';
export type { GraphJson, SavedGraph } from './graph/saved-graph';
