import { AttrError, type TypedArray } from '@paperzoo/core';
import type { OnnxGraph, OnnxNode, Weight } from '../model/onnx-graph';

/** Smaller ones are not worth a node. */
const LEAST = 64;

/** Weights as float16, each with a Cast in front of its readers: half the file, the same arithmetic. Throws `AttrError` for values beyond float16. */
export function halve(graph: OnnxGraph): OnnxGraph {
  const weights = new Map<string, Weight>();
  const casts: OnnxNode[] = [];
  for (const [name, weight] of graph.weights) {
    if (weight.type !== 'f32' || weight.bytes < 4 * LEAST) {
      weights.set(name, weight);
      continue;
    }
    const half = `${name}_f16`;
    const data = weight.data && halves(weight.data as TypedArray, name);
    weights.set(half, {
      ...{ type: 'f16', dims: weight.dims, bytes: weight.bytes / 2 },
      ...(data ? { data } : {}),
      read: async () => data ?? halves((await weight.read()) as TypedArray, name),
    });
    const attributes = { to: { int: 1 } };
    casts.push({ opType: 'Cast', domain: '', name: `${name}/Cast`, inputs: [half], outputs: [name], attributes });
  }
  return { ...graph, weights, nodes: [...casts, ...graph.nodes] };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** float32 → float16, to nearest and halves to even. */
function halves(values: TypedArray, name: string): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) >= 65520) {
      const details = { argument: 'weights', expected: 'magnitudes up to 65504', got: value };
      throw new AttrError(`The weight "${name}" holds ${value}, which is beyond float16: write it as f32.`, details);
    }
    out[i] = half(value);
  }
  return out;
}

function half(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const magnitude = Math.abs(value);
  // Below the smallest normal number, float16 counts steps of 2⁻²⁴.
  if (magnitude < 2 ** -14) return sign | toEven(magnitude * 2 ** 24);
  const exponent = ((word >>> 23) & 0xff) - 127;
  // A mantissa that rounds up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + toEven((magnitude / 2 ** exponent - 1) * 1024));
}

function toEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
