import { resolveAttrs } from './attr';
import { isTensor, ONE_CORE } from './brand';
import type { Spec } from './dtype';
import { DeviceError, DTypeError, NoKernelError, ShapeError, type ZooError } from './errors';
import type { Input, Op } from './op';
import type { Tensor } from './tensor';
import type { Zoo } from './zoo';

type Ins = readonly (Tensor | undefined)[];

/** A public call: sorts arguments into inputs and attributes, then applies the op. */
export function callOp(op: Op, args: readonly unknown[]): Tensor | Tensor[] {
  const { inputs } = op;
  const first = inputs[0];
  let count = args.length;
  let given: object | undefined;
  const last = args[count - 1];
  if (last === undefined && count === inputs.length + 1) count--; // Attributes that were passed on without being given.
  // The attributes are the one plain object; a list input is an array and every other input a tensor, a number or nothing.
  if (count > 0 && last !== null && typeof last === 'object' && !isTensor(last) && !Array.isArray(last)) {
    refuseForeign(op, last);
    if (!ArrayBuffer.isView(last)) given = args[--count] as object;
  }
  const attrs = resolveAttrs(op.name, op.attrs, given);
  if (count > inputs.length) throw wrongArgument(op, 'arguments', `at most ${inputs.length} inputs`, `${count}`);
  if (first?.kind === 'list') {
    const tensors = args[0];
    if (!Array.isArray(tensors) || tensors.length === 0 || !tensors.every(isTensor)) {
      throw wrongArgument(op, first.name, 'a non-empty array of tensors', describe(tensors));
    }
    return applyOp(op, tensors as Tensor[], attrs);
  }
  const ins: (Tensor | undefined)[] = new Array(inputs.length);
  let numbers = false;
  for (let i = 0; i < inputs.length; i++) {
    const value = i < count ? args[i] : undefined;
    const slot = inputs[i]!;
    if (isTensor(value)) ins[i] = value;
    else if (slot.kind === 'operand' && typeof value === 'number') numbers = true;
    else if (value === undefined || value === null) {
      if (slot.kind !== 'optional') throw wrongArgument(op, slot.name, 'a tensor', describe(value));
      ins[i] = undefined;
    } else {
      refuseForeign(op, value);
      const wanted = slot.kind === 'operand' ? 'a tensor or a number' : 'a tensor';
      throw wrongArgument(op, slot.name, wanted, describe(value));
    }
  }
  if (!numbers) return applyOp(op, ins, attrs);
  const beside = ins.find((t) => t !== undefined);
  if (!beside) throw wrongArgument(op, inputs[0]!.name, 'at least one tensor', 'numbers only');
  // A mask beside the numbers says nothing of their type: only the slots that could be numbers themselves do.
  const dtype = ins.find((t, i) => t && inputs[i]!.kind === 'operand')?.dtype ?? 'f32';
  const scalars: Tensor[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const value = args[i];
      if (typeof value === 'number') scalars.push((ins[i] = beside.zoo.full([], value, dtype)));
    }
    return applyOp(op, ins, attrs);
  } finally {
    if (!beside.zoo.tracer) for (const scalar of scalars) scalar.dispose();
  }
}

/** Applies an op to checked attributes: trace, view, kernel or composite, in that order. */
export function applyOp(op: Op, ins: Ins, attrs: object): Tensor | Tensor[] {
  const zoo = checkInputs(op, ins);
  const shaped = op.shape(ins, attrs);
  const single = !Array.isArray(shaped);
  const specs = (single ? [shaped] : shaped) as readonly Spec[];
  if (zoo.tracer) {
    const outs = zoo.tracer.record(op, ins, specs, attrs);
    return single ? outs[0]! : outs;
  }
  const { implementation } = op;
  const tape = zoo.tape?.tracks(ins) ? zoo.tape : undefined;
  if (tape && !implementation.vjp && implementation.composite) {
    return implementation.composite(ins, attrs) as Tensor | Tensor[];
  }
  const outs = implementation.view ? [ins[0]!.view(specs[0]!.shape)] : execute(zoo, op, ins, specs, attrs);
  tape?.push(op, ins, outs, attrs);
  return single ? outs[0]! : outs;
}

function execute(zoo: Zoo, op: Op, ins: Ins, specs: readonly Spec[], attrs: object): Tensor[] {
  const kernel = zoo.select(op, ins, attrs);
  // Where nothing is written there is nothing to do: empty outputs need no care in kernels and composites.
  if (kernel || specs.every((spec) => spec.shape.includes(0))) {
    const outs = zoo.allocate(op, specs);
    if (kernel && outs.some((out) => out.size > 0)) {
      try {
        zoo.device.run(kernel, ins, outs, attrs);
      } catch (error) {
        for (const out of outs) out.dispose();
        throw error;
      }
    }
    return outs;
  }
  const { composite } = op.implementation;
  const reasons = zoo.reasons(op, ins, attrs);
  if (!composite || zoo.strict) {
    const why = reasons.length ? ` ${reasons.join('; ')}.` : ` The ${zoo.device.name} device has no kernel for it.`;
    const how = composite ? 'would run composed, which strict mode refuses.' : 'has neither a kernel nor a composite.';
    throw new NoKernelError(`${op.name} ${how}${why}`, { op: op.name, got: reasons });
  }
  zoo.noteComposed(op, reasons);
  return zoo.scope(() => [zoo.noGrad(() => composite(ins, attrs))].flat() as Tensor[]);
}

/** Every present tensor is alive, of one zoo, and of a dtype that its slot takes. */
function checkInputs(op: Op, ins: Ins): Zoo {
  let zoo: Zoo | undefined;
  for (let i = 0; i < ins.length; i++) {
    const x = ins[i];
    if (!x) continue;
    if (zoo === undefined) zoo = x.zoo;
    else if (zoo !== x.zoo) {
      const details = { op: op.name, argument: slotOf(op, i).name, remedy: 'Move one with `zoo.copy(tensor)` first.' };
      throw new DeviceError(`${op.name}: its tensors belong to different zoos.`, details);
    }
    const slot = slotOf(op, i);
    if (slot.dtypes !== 'any' && !slot.dtypes.includes(x.dtype)) {
      const message = `${op.name}: ${slot.name} must be ${slot.dtypes.join(' or ')}, got ${x.dtype}.`;
      const details = { op: op.name, argument: slot.name, expected: slot.dtypes, got: x.dtype };
      throw new DTypeError(message, { ...details, remedy: 'Convert it with `cast`.' });
    }
    if (!x.isAbstract) void x.storage;
  }
  if (!zoo) throw wrongArgument(op, op.inputs[0]?.name ?? 'input', 'at least one tensor', 'none');
  zoo.refuseDisposed();
  return zoo;
}

const slotOf = (op: Op, index: number): Input => op.inputs[index] ?? op.inputs[0]!;

const wrongArgument = (op: Op, argument: string, expected: string, got: string): ZooError =>
  new ShapeError(`${op.name}: ${argument} must be ${expected}, got ${got}.`, { op: op.name, argument, expected, got });

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? `an array of ${value.length}` : typeof value;
}

/** A tensor made by a second copy of the core looks like an object of unknown kind: say so instead. */
function refuseForeign(op: Op, value: unknown): void {
  if (typeof value === 'object' && value !== null && 'zoo' in value && 'dtype' in value && 'shape' in value) {
    const details = { op: op.name, remedy: ONE_CORE };
    throw new DeviceError(`${op.name}: got a tensor made by another copy of @paperzoo/core.`, details);
  }
}
