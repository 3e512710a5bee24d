import { demand } from '../check';
import type { CheckableModule, HostWeight } from '../conform-models';

/** A state dict of other values comes out again bit by bit as it was put in; one with a key less or more is refused. */
export async function checkRoundTrip(name: string, module: CheckableModule): Promise<void> {
  const state = await module.stateDict();
  const moved = new Map([...state].map(([key, weight]) => [key, shifted(weight)]));
  module.loadStateDict(moved);
  const back = await module.stateDict();
  demand(String([...back.keys()].sort()) === String([...state.keys()].sort()), `${name}: keys changed on the way.`);
  for (const [key, weight] of moved) {
    const other = back.get(key)!;
    const equal = equalBytes(other.bytes, weight.bytes) && String(other.shape) === String(weight.shape);
    demand(equal, `${name}: "${key}" changed on the way.`);
  }
  const [[first, value]] = [...moved] as [[string, HostWeight]];
  refused(name, 'without a key', () => module.loadStateDict(new Map([...moved].filter(([key]) => key !== first))));
  refused(name, 'with a key too many', () => module.loadStateDict(new Map([...moved, ['no.such.key', value]])));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function refused(name: string, what: string, load: () => unknown): void {
  let error: unknown;
  try {
    load();
  } catch (thrown) {
    error = thrown;
  }
  demand(
    (error as { code?: string } | undefined)?.code === 'model',
    `${name}: a state dict ${what} is not refused by a ModelError.`,
  );
}

/** The same weight with its float32 elements a little larger. */
function shifted(weight: HostWeight): HostWeight {
  if (weight.dtype !== 'F32') return weight;
  const values = new Float32Array(weight.bytes.slice().buffer).map((v) => v + 0.25);
  return { ...weight, bytes: new Uint8Array(values.buffer), ...{ toF32: () => values } };
}
