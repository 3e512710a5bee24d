import { DTYPES, FormatError, type Spec } from '@paperzoo/core';
import type { GraphJson } from './saved-graph';

/** Far beyond any model here, and small enough that checking takes no time. */
export const MOST = 1_000_000;

export const malformed = (problem: string) =>
  new FormatError(`This is no saved graph: ${problem}.`, { argument: 'json' });

/** @throws FormatError for what is no saved graph at all; its values and nodes are still to be looked at */
export function checkForm(given: unknown): asserts given is GraphJson {
  const json = given as GraphJson | null | undefined;
  const lists = ['values', 'inputs', 'outputs', 'constants', 'nodes'] as const;
  if (json?.format !== 'paperzoo-graph' || json.version !== 1)
    throw malformed('its format is not paperzoo-graph, version 1');
  for (const name of lists) {
    if (!Array.isArray(json[name]) || json[name].length > MOST)
      throw malformed(`"${name}" is no list of at most ${MOST}`);
  }
  const numbers = [...json.inputs, ...json.outputs, ...json.constants.map((entry) => entry?.[0])];
  if (!numbers.every(Number.isSafeInteger)) throw malformed('values are numbered by integers');
}

/** A value's shape and dtype. @throws FormatError when it has none */
export function specOf(spec: Spec): Spec {
  const { shape, dtype } = spec ?? {};
  const sound =
    Array.isArray(shape) &&
    shape.length <= 16 &&
    shape.every((n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0) &&
    Number.isSafeInteger((shape as number[]).reduce((a, b) => a * b, 4)) &&
    Object.hasOwn(DTYPES, dtype);
  if (!sound) throw malformed('a value has no shape or no known dtype');
  return { shape: [...shape], dtype };
}

/** The numbers of the values that are there before the first node. @throws FormatError when one is there twice, or is none */
export function givenValues(json: GraphJson, values: readonly Spec[]): Set<number> {
  const known = new Set<number>([...json.inputs, ...json.constants.map(([index]) => index)]);
  if (known.size !== json.inputs.length + json.constants.length) throw malformed('a value is given twice');
  for (const index of known) if (!values[index]) throw malformed(`there is no value ${index}`);
  return known;
}
