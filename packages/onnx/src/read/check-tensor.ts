import type { onnx } from 'onnx-proto';
import { shown, type Refuse } from './bad-model';
import { elementType } from './element-types';

/** Where a tensor's bytes lie when they are in another file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** Elements that no tensor of a readable file can have. */
const MOST_ELEMENTS = 2 ** 48;

/** A tensor of a model has sizes that can be, and as many bytes or numbers as they say; what lies in other files lies in the model's folder. */
export function checkTensor(tensor: onnx.ITensorProto, refuse: Refuse): void {
  const where = `the tensor ${shown(tensor.name ?? '')}`;
  const type = elementType(tensor.dataType ?? 0) ?? refuse(where, `has the unknown type ${tensor.dataType ?? 0}`);
  const elements = elementsOf(tensor.dims ?? [], where, refuse);
  if (tensor.segment) refuse(where, 'is stored in segments');
  const bytes = Math.ceil((elements * type.bits) / 8);
  if (tensor.dataLocation === 1) {
    const { length } = externalDataOf(tensor, refuse);
    if (length !== undefined && length !== bytes) refuse(where, `needs ${bytes} bytes, and ${length} are given`);
    return;
  }
  const raw = tensor.rawData?.length ?? 0;
  const numbers =
    (tensor.floatData?.length ?? 0) + (tensor.int32Data?.length ?? 0) + (tensor.int64Data?.length ?? 0) +
    (tensor.doubleData?.length ?? 0) + (tensor.uint64Data?.length ?? 0) + (tensor.stringData?.length ?? 0); // prettier-ignore
  if (raw > 0 && numbers > 0) refuse(where, 'holds raw data and numbers');
  if (raw > 0 ? raw !== bytes : numbers !== expectedNumbers(type, elements)) {
    refuse(where, raw > 0 ? `needs ${bytes} bytes, and ${raw} are there` : `holds ${numbers} of ${elements} elements`);
  }
}

/** Parts of complex numbers stand one after the other; two values of four bits share one number. */
function expectedNumbers({ name, bits }: { name: string; bits: number }, elements: number): number {
  if (name.startsWith('complex')) return 2 * elements;
  return bits === 4 ? Math.ceil(elements / 2) : elements;
}

/** The product of sizes, each of which is an integer of at least 0. */
export function elementsOf(
  dims: readonly onnx.TensorShapeProto.IDimension['dimValue'][],
  where: string,
  refuse: Refuse,
) {
  let elements = 1;
  for (const dim of dims) {
    const size = Number(dim);
    if (!Number.isSafeInteger(size) || size < 0) refuse(where, `has a dimension of ${size}`);
    elements *= size;
    if (elements > MOST_ELEMENTS) refuse(where, `has more than ${MOST_ELEMENTS} elements`);
  }
  return elements;
}

/** Only files in the model's own folder or below it: a model from elsewhere must not make anybody read other files. */
export function externalDataOf({ name, externalData }: onnx.ITensorProto, refuse: Refuse): ExternalData {
  const where = `the tensor ${shown(name ?? '')}`;
  const entries = new Map((externalData ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
  const location = entries.get('location') ?? '';
  const parts = location.split('/');
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  // Backslashes and colons are separators and drives on Windows, and colons begin addresses.
  if (!plain || /[\\:\u0000-\u001f]/.test(location)) {
    refuse(where, `lies in ${shown(location)}, which is not a file in the model's folder`);
  }
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    return Number.isSafeInteger(value) ? value : refuse(where, `has the ${key} ${shown(text)}`);
  };
  return { location, offset: number('offset') ?? 0, length: number('length') };
}
