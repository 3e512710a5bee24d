/** How a plugin's op appears in the file: in primitive nodes, as a model-local function of the plugin's domain, or as a `com.microsoft` op. */
export const FORMS = ['flat', 'functions', 'contrib'] as const;
export type Form = (typeof FORMS)[number];

/** The opsets of the standard domain that can be written. */
export const OPSETS = [17, 18, 19, 20, 21] as const;
export type Opset = (typeof OPSETS)[number];

/** One step of an export; `done` and `total` count nodes or bytes of the phase. */
export interface ExportProgress {
  readonly phase: 'trace' | 'optimise' | 'lower' | 'write';
  readonly done: number;
  readonly total: number;
}

/** A symbolic size by input: `{ input: { 0: 'N' } }` says that axis 0 of `input` is any size called N. */
export type DynamicAxes = Readonly<Record<string, Readonly<Record<number, string>>>>;

export interface ExportOptions {
  /** Version of the standard operator set. Default 17. */
  readonly opset?: Opset;
  readonly form?: Form;
  /** How weights are stored; arithmetic stays f32. Default f32. */
  readonly weights?: 'f32' | 'f16';
  /** Default `input`, or `input_0`, `input_1`, … of several. */
  readonly inputNames?: readonly string[];
  /** Default `output`, or `output_0`, `output_1`, … of several. */
  readonly outputNames?: readonly string[];
  readonly dynamic?: DynamicAxes;
  /** Keep weights in a file of this name beside the model. Default: inline up to 2 GB, `weights.bin` beyond. */
  readonly externalData?: string;
  /** Entries for `metadata_props`, such as the model's name and its config's hash. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}
