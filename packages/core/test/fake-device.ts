import {
  add,
  createZoo,
  defineKernel,
  DTYPES,
  exp,
  expand,
  eq,
  gt,
  mul,
  neg,
  sum,
  where,
  type Arg,
  type Device,
  type DType,
  type Kernel,
  type Op,
  type TypedArray,
  type Zoo,
  type ZooOptions,
} from '../src/index';

type FakeArg = Arg<TypedArray>;
type Run = (ins: readonly FakeArg[], out: FakeArg, attrs: never) => void;

/** Strides of `x` read as if it had `shape`: 0 where it is repeated. */
function strides(x: FakeArg, shape: readonly number[]): number[] {
  let step = 1;
  const own = [...x.shape].map(() => 0);
  for (let i = x.shape.length - 1; i >= 0; step *= x.shape[i]!, i--) own[i] = x.shape[i] === 1 ? 0 : step;
  return [...new Array<number>(shape.length - own.length).fill(0), ...own];
}

/** Calls `visit` with the output's position and each input's. */
function each(shape: readonly number[], ins: readonly FakeArg[], visit: (out: number, at: number[]) => void): void {
  const steps = ins.map((x) => strides(x, shape));
  const size = shape.reduce((a, b) => a * b, 1);
  for (let o = 0; o < size; o++) {
    const at = ins.map(() => 0);
    let rest = o;
    for (let d = shape.length - 1; d >= 0; d--) {
      const index = rest % shape[d]!;
      rest = (rest - index) / shape[d]!;
      for (let i = 0; i < ins.length; i++) at[i]! += index * steps[i]![d]!;
    }
    visit(o, at);
  }
}

const elementwise =
  (f: (...values: number[]) => number): Run =>
  (ins, out) =>
    each(out.shape, ins, (o, at) => (out.buffer[o] = f(...ins.map((x, i) => x.buffer[at[i]!]!))));

export function kernel(op: Op, run: Run, more: Partial<Kernel<TypedArray>> = {}): Kernel<TypedArray> {
  return defineKernel<TypedArray, unknown>(op, {
    id: `${op.name}/fake`,
    device: 'fake',
    dtypes: 'any',
    run: (_ctx, ins, outs, attrs) => run(ins as FakeArg[], outs[0]!, attrs as never),
    ...more,
  } as Parameters<typeof defineKernel<TypedArray, unknown>>[1]);
}

export const fakeKernels: readonly Kernel<TypedArray>[] = [
  kernel(
    add,
    elementwise((a, b) => a! + b!),
  ),
  kernel(
    mul,
    elementwise((a, b) => a! * b!),
  ),
  kernel(
    neg,
    elementwise((a) => -a!),
  ),
  kernel(
    exp,
    elementwise((a) => Math.exp(a!)),
  ),
  kernel(
    eq,
    elementwise((a, b) => Number(a === b)),
  ),
  kernel(
    gt,
    elementwise((a, b) => Number(a! > b!)),
  ),
  kernel(
    where,
    elementwise((c, a, b) => (c ? a! : b!)),
  ),
  kernel(
    expand,
    elementwise((a) => a!),
  ),
  // Reduces over any axes by visiting the input and adding into the output read with the same shape.
  kernel(sum, ([x], out, { dim }: { dim: readonly number[] | null }) => {
    const rank = x!.shape.length;
    const gone = new Set((dim ?? x!.shape.map((_, i) => i)).map((d) => (d < 0 ? d + rank : d)));
    const kept = { ...out, shape: x!.shape.map((n, i) => (gone.has(i) ? 1 : n)) };
    out.buffer.fill(0);
    each(x!.shape, [x!, kept], (_, [from, to]) => (out.buffer[to!]! += x!.buffer[from!]!));
  }),
];

export class FakeDevice implements Device<TypedArray> {
  readonly name = 'fake';
  readonly caps = { device: 'fake', threads: 1, maxBufferBytes: 2 ** 20, info: {} };
  live = 0;
  disposed = 0;
  loaded: string[] = [];

  constructor(readonly kernels: readonly Kernel<TypedArray>[] = fakeKernels) {}

  alloc(bytes: number, dtype: DType): TypedArray {
    this.live++;
    return new DTYPES[dtype].array(new ArrayBuffer(bytes));
  }
  free(): void {
    this.live--;
  }
  write(handle: TypedArray, data: TypedArray): void {
    handle.set(data);
  }
  read(handle: TypedArray): Promise<TypedArray> {
    return Promise.resolve(handle.slice());
  }
  readSync(handle: TypedArray): TypedArray {
    return handle.slice();
  }
  load(kernels: readonly Kernel<TypedArray>[]): Promise<void> {
    this.loaded.push(...kernels.map((k) => k.id));
    return Promise.resolve();
  }
  run(k: Kernel<TypedArray>, ins: readonly (FakeArg | undefined)[], outs: readonly FakeArg[], attrs: object): void {
    k.run(undefined, ins, outs, attrs as never);
  }
  dispose(): void {
    this.disposed++;
  }
}

/** A zoo on a fresh fake device, silent unless told otherwise. */
export async function fakeZoo(options: Partial<ZooOptions> = {}): Promise<{ zoo: Zoo; device: FakeDevice }> {
  const device = new FakeDevice();
  const zoo = await createZoo({ device: () => device, log: () => undefined, ...options });
  return { zoo, device };
}
