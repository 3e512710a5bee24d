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
