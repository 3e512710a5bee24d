import { isTensor, ModelError, type Tensor } from '@paperzoo/core';
import { Counter } from './counter';
import { hostTensor, type HostTensor } from './host-tensor';
import type { Parameter } from './parameter';

/** A value to load: a checkpoint's tensor, float32 values with a shape, or a tensor of the zoo that the model will run on. */
export type Loadable = HostTensor | { readonly shape: readonly number[]; readonly data: Float32Array } | Tensor;
export type StateSource = ReadonlyMap<string, Loadable> | Readonly<Record<string, Loadable>>;

export interface LoadOptions {
  /** Default true: missing and unexpected keys are errors. A wrong shape or dtype always is. */
  readonly strict?: boolean;
  /** Named in errors, for example the model's name. */
  readonly model?: string;
}

/** What did not match. Counters are never reported missing: checkpoints older than PyTorch 0.4.1 lack them. */
export interface LoadReport {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

interface Misfit {
  readonly key: string;
  readonly expected: string;
  readonly got: string;
}

const FLOATS = ['F32', 'F16', 'BF16', 'f32'];
const INTEGERS = ['I64', 'I32'];
const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** Checks everything, then assigns; throws one `ModelError` that lists all misfits. */
export function loadStateDict(
  entries: ReadonlyMap<string, Parameter | Counter>,
  source: StateSource,
  { strict = true, model = 'The model' }: LoadOptions = {},
): LoadReport {
  const given = new Map<string, Loadable>(source instanceof Map ? source : Object.entries(source));
  const missing = [...entries].filter(([key, e]) => !given.has(key) && !(e instanceof Counter)).map(([key]) => key);
  const unexpected = [...given.keys()].filter((key) => !entries.has(key));
  const shapes: Misfit[] = [];
  const dtypes: Misfit[] = [];
  const assignments: (() => void)[] = [];
  for (const [key, entry] of entries) {
    const value = given.get(key);
    if (!value) continue;
    const dtype = 'dtype' in value ? value.dtype : 'F32';
    const allowed = entry instanceof Counter ? INTEGERS : FLOATS;
    // Some writers store a scalar as a vector of one.
    const shape = entry instanceof Counter && value.shape.join() === '1' ? [] : value.shape;
    if (shape.length !== entry.shape.length || shape.some((n, i) => n !== entry.shape[i])) {
      shapes.push({ key, expected: show(entry.shape), got: show(value.shape) });
    } else if (!allowed.includes(dtype) || (entry instanceof Counter && isTensor(value))) {
      dtypes.push({ key, expected: allowed.slice(0, 3).join(' or '), got: dtype });
    } else if (entry instanceof Counter) assignments.push(() => entry.set(value as HostTensor));
    else assignments.push(() => entry.set('data' in value && !isTensor(value) ? hostOf(value) : (value as Tensor)));
  }
  const report = { missing: strict ? missing : [], unexpected: strict ? unexpected : [], shapes, dtypes };
  if (Object.values(report).some((list) => list.length > 0)) {
    throw new ModelError(`${model} and the state dict do not fit: ${describe(report).join('; ')}.`, {
      argument: report.missing[0] ?? report.unexpected[0] ?? shapes[0]?.key ?? dtypes[0]?.key ?? 'state',
      expected: `${entries.size} entries`,
      got: report,
    });
  }
  for (const assign of assignments) assign();
  return { missing, unexpected };
}

const hostOf = ({ shape, data }: { shape: readonly number[]; data: Float32Array }): HostTensor =>
  hostTensor(shape, data);

const SHOWN = 4;
/** The first few of a list and how many more there are. */
const few = <T>(items: readonly T[], text: (item: T) => string) =>
  items.slice(0, SHOWN).map(text).join(', ') + (items.length > SHOWN ? ` and ${items.length - SHOWN} more` : '');

function describe(report: LoadReport & { shapes: readonly Misfit[]; dtypes: readonly Misfit[] }): string[] {
  const key = (name: string) => name.slice(0, 200);
  const misfit = (m: Misfit) => `${key(m.key)} (expected ${m.expected}, got ${m.got})`;
  return [
    report.missing.length ? `${report.missing.length} missing: ${few(report.missing, key)}` : '',
    report.unexpected.length ? `${report.unexpected.length} unexpected: ${few(report.unexpected, key)}` : '',
    report.shapes.length ? `${report.shapes.length} of another shape: ${few(report.shapes, misfit)}` : '',
    report.dtypes.length ? `${report.dtypes.length} of another dtype: ${few(report.dtypes, misfit)}` : '',
  ].filter(Boolean);
}
