import { ZooError, type DType, type Op, type Sample, type Tensor, type Zoo } from '@paperzoo/core';
import { ConformanceError, demand } from '../check';
import { callOp, hostInputs, upload } from '../host';
import { figures, same, type Lab } from '../lab';

const DTYPES: readonly DType[] = ['f32', 'i32', 'u32', 'u8', 'bool'];

interface Wanted {
  readonly code: string;
  readonly argument: string;
}

/** What every op must refuse, with a typed error that names op and argument, leaving memory as it was. */
export async function checkErrors(lab: Lab, op: Op): Promise<void> {
  const zoo = await lab.zoo();
  const sample = op.samples?.()[0];
  demand(sample !== undefined, `${op.name} has no samples: they are what drives these checks.`);
  const start = figures(zoo);
  const ins = upload(zoo, hostInputs(op, sample));
  const foreign = await lab.another();
  try {
    refuses(op, ins, { ...sample.attrs, 'no such attribute': 1 }, { code: 'attr', argument: 'no such attribute' });
    attributes(op, ins, sample);
    missing(op, ins, sample);
    dtypes(zoo, op, ins, sample);
    strangers(foreign, op, ins, sample);
    shapes(zoo, op, ins, sample);
  } finally {
    await foreign.dispose();
    for (const x of ins) x?.dispose();
  }
  same(figures(zoo), start, `${lab.name}: ${op.name} after refused calls`);
}

function refuses(op: Op, ins: readonly unknown[], attrs: object | undefined, { code, argument }: Wanted): void {
  const error = thrown(() => callOp(op, ins, attrs));
  demand(error !== undefined, `${op.name} accepts a wrong ${argument} (expected an error with code "${code}").`);
  demand(
    error.code === code && error.details.op === op.name && error.details.argument === argument,
    () =>
      `${op.name}: a wrong ${argument} gives ${error.name} (code "${error.code}", op ${error.details.op}, argument ${error.details.argument}): ${error.message}`,
  );
}

/** The typed error that `fn` throws, or undefined; an untyped one breaks the contract. */
function thrown(fn: () => unknown): ZooError | undefined {
  try {
    fn();
    return undefined;
  } catch (error) {
    if (error instanceof ZooError) return error;
    throw new ConformanceError(
      `An untyped error reached the caller: ${String(error)}`,
      { expected: 'a ZooError' },
      { cause: error },
    );
  }
}

function attributes(op: Op, ins: readonly unknown[], sample: Sample): void {
  for (const [argument, rule] of Object.entries(op.attrs)) {
    for (const wrong of [{}, Symbol('wrong'), [[1]]])
      refuses(op, ins, { ...sample.attrs, [argument]: wrong }, { code: 'attr', argument });
    if (!rule.optional) {
      const rest = Object.fromEntries(Object.entries(sample.attrs ?? {}).filter(([name]) => name !== argument));
      refuses(op, ins, rest, { code: 'attr', argument });
    }
  }
}

function missing(op: Op, ins: readonly (Tensor | undefined)[], sample: Sample): void {
  if (op.inputs[0]?.kind === 'list') {
    refuses(op, [], sample.attrs, { code: 'shape', argument: op.inputs[0].name });
    refuses(op, ['text'], sample.attrs, { code: 'shape', argument: op.inputs[0].name });
    return;
  }
  op.inputs.forEach(({ kind, name }, i) => {
    const without = (value: unknown) => op.inputs.map((_, k) => (k === i ? value : ins[k]));
    if (kind !== 'optional') refuses(op, without(undefined), sample.attrs, { code: 'shape', argument: name });
    refuses(op, without('text'), sample.attrs, { code: 'shape', argument: name });
  });
  const all = op.inputs.map((_, k) => ins[k]);
  refuses(op, [...all, ins[0]], sample.attrs, { code: 'shape', argument: 'arguments' });
}

function dtypes(zoo: Zoo, op: Op, ins: readonly (Tensor | undefined)[], sample: Sample): void {
  ins.forEach((x, i) => {
    const slot = op.inputs[i] ?? op.inputs[0]!;
    if (!x || slot.dtypes === 'any') return;
    for (const dtype of DTYPES.filter((d) => !slot.dtypes.includes(d))) {
      using wrong = zoo.zeros(x.shape, dtype);
      refuses(op, replaced(ins, i, wrong), sample.attrs, { code: 'dtype', argument: slot.name });
    }
  });
}

function strangers(foreign: Zoo, op: Op, ins: readonly (Tensor | undefined)[], sample: Sample): void {
  ins.forEach((x, i) => {
    if (!x) return;
    const gone = foreign.zeros(x.shape, x.dtype);
    if (ins.filter(Boolean).length > 1) {
      const error = thrown(() => callOp(op, replaced(ins, i, gone), sample.attrs));
      demand(error?.code === 'device', `${op.name} mixes tensors of two zoos (${error?.message ?? 'no error'}).`);
    }
    gone.dispose();
    const error = thrown(() => callOp(op, replaced(ins, i, gone), sample.attrs));
    demand(
      error !== undefined && ['disposed', 'device'].includes(error.code),
      `${op.name} takes a disposed tensor (${error?.message ?? 'no error'}).`,
    );
  });
}

/** Every other shape of every input either computes what the shape rule says or is refused by name. */
function shapes(zoo: Zoo, op: Op, ins: readonly (Tensor | undefined)[], sample: Sample): void {
  ins.forEach((x, i) => {
    if (!x) return;
    for (const shape of distorted(x.shape)) {
      using other = zoo.zeros(shape, x.dtype);
      let outs: Tensor[] = [];
      const error = thrown(() => (outs = callOp(op, replaced(ins, i, other), sample.attrs)));
      for (const out of outs) out.dispose();
      if (!error) continue;
      const { op: name, argument } = error.details;
      demand(
        ['shape', 'attr', 'device', 'no-kernel'].includes(error.code) && name === op.name && argument !== undefined,
        `${op.name} with input ${i} as [${shape.join(', ')}] gives ${error.name} (op ${name}, argument ${argument}): ${error.message}`,
      );
    }
  });
}

const replaced = (ins: readonly unknown[], at: number, by: unknown) => ins.map((x, k) => (k === at ? by : x));

/** Wrong ranks and sizes: one axis less or more, nothing at all, each size one larger. */
function distorted(shape: readonly number[]): number[][] {
  return [
    [],
    shape.slice(1),
    [...shape, 1],
    [1, ...shape],
    [...shape, 2, 2, 2],
    ...shape.map((n, i) => shape.map((m, k) => (k === i ? n + 1 : m))),
    ...shape.map((_, i) => shape.map((m, k) => (k === i ? 0 : m))),
  ];
}
