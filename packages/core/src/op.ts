import type { AttrInput, AttrSchema, AttrValues } from './attr';
import { callOp } from './dispatch';
import type { DType, Spec } from './dtype';
import { PluginError } from './errors';
import type { Tensor } from './tensor';

/** One input slot of an op. */
export interface Input<
  Kind extends 'tensor' | 'operand' | 'optional' | 'list' = 'tensor' | 'operand' | 'optional' | 'list',
> {
  readonly name: string;
  readonly kind: Kind;
  readonly dtypes: readonly DType[] | 'any';
}

const input =
  <K extends Input['kind']>(kind: K) =>
  (name: string, ...dtypes: (DType | 'any')[]): Input<K> => {
    const any = dtypes.includes('any');
    const taken = dtypes.length ? (dtypes as DType[]) : (['f32'] as const);
    return Object.freeze({ name, kind, dtypes: any ? 'any' : taken });
  };

/** A required tensor; f32 unless dtypes are listed. */
export const tensor = input('tensor');
/** A tensor or a plain number, which takes the dtype of the tensor beside it. */
export const operand = input('operand');
/** A tensor that may be left out. */
export const optional = input('optional');
/** A variadic input; it must be the op's only one. */
export const list = input('list');

type InputValue<I> =
  I extends Input<'tensor'>
    ? Tensor
    : I extends Input<'operand'>
      ? Tensor | number
      : I extends Input<'optional'>
        ? Tensor | null | undefined
        : I extends Input<'list'>
          ? readonly Tensor[]
          : never;
type Values<Ins extends readonly Input[]> = { [K in keyof Ins]: InputValue<Ins[K]> };
type AttrArg<A extends AttrSchema> = keyof A extends never
  ? []
  : Record<string, never> extends AttrInput<A>
    ? [attrs?: AttrInput<A>]
    : [attrs: AttrInput<A>];

/** Inputs in order, trailing optional ones omissible, then the attributes. */
export type CallArgs<Ins extends readonly Input[], A extends AttrSchema> =
  | [...Values<Ins>, ...AttrArg<A>]
  | (Ins extends readonly [...infer Head extends readonly Input[], Input<'optional'>] ? CallArgs<Head, A> : never);

type SpecOf<I> = I extends Input<'optional'> ? Spec | undefined : Spec;
/** Specs as `shape` sees them; a list input gives as many as were passed. */
export type SpecsOf<Ins extends readonly Input[]> = Ins extends readonly [Input<'list'>]
  ? readonly Spec[]
  : { readonly [K in keyof Ins]: SpecOf<Ins[K]> };
export type TensorsOf<Ins extends readonly Input[]> = Ins extends readonly [Input<'list'>]
  ? readonly Tensor[]
  : { readonly [K in keyof Ins]: Ins[K] extends Input<'optional'> ? Tensor | undefined : Tensor };

export type Outputs = Spec | readonly Spec[];
type Result<R extends Outputs> = R extends readonly Spec[] ? { -readonly [K in keyof R]: Tensor } : Tensor;

/** One input of a sample: how large and what it holds. `index` draws integers below `below` (default 3). */
export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly fill?: 'normal' | 'uniform' | 'positive' | 'index' | readonly number[];
  readonly below?: number;
}

/** A small case of an op; samples drive the conformance kit. */
export interface Sample {
  readonly name: string;
  readonly ins: readonly (SampleInput | null)[];
  readonly attrs?: object;
}

/** Work of one call. Multiply-adds count once in `macs` and twice in `flops`. */
export interface Cost {
  readonly macs?: number;
  readonly flops: number;
}

export interface Tolerance {
  readonly rel: number;
  readonly abs: number;
}

/** What an op means, beyond its shape. */
export interface Implementation {
  /** The meaning in simpler ops: fallback on every device, default gradient, default export. */
  readonly composite?: (ins: readonly (Tensor | undefined)[], attrs: object) => Tensor | readonly Tensor[];
  /** Gradients of the inputs, written in ops so that they can be differentiated again; undefined means zero. */
  readonly vjp?: (call: VjpCall) => readonly (Tensor | undefined)[];
  /** How calls become ONNX nodes: an `OnnxRule` of @paperzoo/onnx. Without one the composite is exported. */
  readonly onnx?: object;
  /** The single output shares the first input's memory. */
  readonly view?: boolean;
  /** Largest accepted error of a kernel against the float64 composite. */
  readonly tolerance?: Tolerance;
}

export interface VjpCall<
  Ins extends readonly (Tensor | undefined)[] = readonly (Tensor | undefined)[],
  Attrs = object,
> {
  readonly ins: Ins;
  readonly outs: readonly Tensor[];
  /** One per output; never missing, zeros where the loss does not depend on it. */
  readonly grads: readonly Tensor[];
  readonly attrs: Attrs;
  /** Which inputs want a gradient. */
  readonly needs: readonly boolean[];
}

/** The untyped view of an op that machinery works with. */
export interface Op {
  readonly name: string;
  /** Version of the contract: it changes when the meaning does, not when the code does. */
  readonly version: number;
  readonly inputs: readonly Input[];
  readonly attrs: AttrSchema;
  readonly shape: (ins: readonly (Spec | undefined)[], attrs: object) => Outputs;
  readonly cost?: (ins: readonly (Spec | undefined)[], outs: readonly Spec[], attrs: object) => Cost;
  readonly samples?: () => readonly Sample[];
  readonly implementation: Implementation;
}

/** A callable op. */
export interface TypedOp<Ins extends readonly Input[], A extends AttrSchema, R extends Outputs> extends Op {
  (...args: CallArgs<Ins, A>): Result<R>;
}

interface OpDefinition<Ins extends readonly Input[], A extends AttrSchema, R extends Outputs> {
  name: string;
  version: number;
  inputs: Ins;
  attrs?: A;
  /** Validates and infers; never sees data. Throws `ShapeError` that names op and argument. */
  shape(ins: SpecsOf<Ins>, attrs: AttrValues<A>): R;
  cost?(ins: SpecsOf<Ins>, outs: readonly Spec[], attrs: AttrValues<A>): Cost;
  samples?(): readonly Sample[];
}

// Written by `implement`, read by machinery; keyed by the op so that an op value itself stays frozen.
const implementations = new WeakMap<object, Implementation>();
const NOTHING: Implementation = Object.freeze({});

/** Declares an op: its inputs, attributes and shape rule. Give it a meaning with `implement`. */
export function defineOp<
  const Ins extends readonly Input[],
  const R extends Outputs,
  const A extends AttrSchema = Record<never, never>,
>(definition: OpDefinition<Ins, A, R>): TypedOp<Ins, A, R> {
  const op = ((...args: unknown[]) => callOp(op, args)) as unknown as TypedOp<Ins, A, R>;
  Object.defineProperties(op, {
    name: { value: definition.name },
    version: { value: definition.version },
    inputs: { value: Object.freeze(definition.inputs) },
    attrs: { value: Object.freeze(definition.attrs ?? {}) },
    shape: { value: definition.shape },
    cost: { value: definition.cost },
    samples: { value: definition.samples },
    implementation: { get: () => implementations.get(op) ?? NOTHING },
  });
  return op;
}

interface TypedImplementation<Ins extends readonly Input[], A extends AttrSchema, R extends Outputs> extends Omit<
  Implementation,
  'composite' | 'vjp'
> {
  composite?(ins: TensorsOf<Ins>, attrs: AttrValues<A>): Result<R>;
  vjp?(call: VjpCall<TensorsOf<Ins> & readonly (Tensor | undefined)[], AttrValues<A>>): readonly (Tensor | undefined)[];
}

/** Gives an op its meaning, once. Separate from `defineOp` because an op whose gradient calls itself cannot be typed in one statement. */
export function implement<Ins extends readonly Input[], A extends AttrSchema, R extends Outputs>(
  op: TypedOp<Ins, A, R>,
  implementation: TypedImplementation<Ins, A, R>,
): void {
  if (implementations.has(op)) throw new PluginError(`${op.name} already has an implementation.`, { op: op.name });
  implementations.set(op, Object.freeze({ ...implementation }) as Implementation);
}
