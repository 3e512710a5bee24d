import { AttrError, DTypeError, ShapeError, type DType, type GraphValue } from '@paperzoo/core';

/** An input or output of a session: `type` is ONNX's name of its elements; null is a size that is not said. */
export interface SessionPort {
  readonly name: string;
  readonly type: string;
  readonly dtype: DType;
  readonly dims: readonly (number | string | null)[] | null;
}

/** Number, dtypes and shapes fit; a named dimension has one size wherever it stands. Returns these sizes. */
export function checkInputs(ports: readonly SessionPort[], values: readonly GraphValue[]): ReadonlyMap<string, number> {
  if (values.length !== ports.length) {
    const names = ports.map(({ name }) => name);
    const details = { argument: 'inputs', expected: names, got: values.length };
    throw new AttrError(`The graph takes ${ports.length} inputs (${names.join(', ')}), got ${values.length}.`, details);
  }
  const sizes = new Map<string, { size: number; of: string }>();
  for (const [at, { name, dtype, dims }] of ports.entries()) {
    const value = values[at]!;
    if (value.dtype !== dtype) {
      const details = { argument: name, expected: dtype, got: value.dtype, remedy: 'Convert it with `cast`.' };
      throw new DTypeError(`The input "${name}" must be ${dtype}, got ${value.dtype}.`, details);
    }
    if (!dims) continue;
    const wrong = () => {
      const [expected, got] = [dims.map((dim) => dim ?? '?').join(', '), value.shape.join(', ')];
      return new ShapeError(`The input "${name}" must be [${expected}], got [${got}].`, {
        ...{ argument: name, expected: dims, got: value.shape },
      });
    };
    if (value.shape.length !== dims.length) throw wrong();
    for (const [axis, dim] of dims.entries()) {
      const size = value.shape[axis]!;
      if (typeof dim === 'number' && dim !== size) throw wrong();
      if (typeof dim !== 'string') continue;
      const known = sizes.get(dim) ?? { size, of: name };
      sizes.set(dim, known);
      if (known.size === size) continue;
      throw new ShapeError(`${dim} is ${known.size} in "${known.of}" and ${size} in "${name}".`, {
        ...{ argument: name, expected: known.size, got: size },
      });
    }
  }
  return new Map([...sizes].map(([dim, { size }]) => [dim, size]));
}
