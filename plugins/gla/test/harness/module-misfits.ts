import type { Tensor, Zoo } from '@paperzoo/core';
import { misfit } from './closeness';
import { input, stored, type Case } from './fixtures';
import { graded, type Outputs } from './graded';

/** Runs a case of a module on its inputs, with the gradients that it asks for, and returns what does not fit, as sentences. */
export async function moduleMisfits(
  zoo: Zoo,
  entry: Case,
  run: (ins: Readonly<Record<string, Tensor>>) => Outputs,
): Promise<string[]> {
  const names = Object.keys(entry.inputs).filter((key) => key !== 'attention_mask');
  const ins = Object.fromEntries(
    names.map((key) => {
      const { values, shape } = input(entry, key);
      return [key, zoo.tensor(values, { shape })];
    }),
  );
  const results = await graded(zoo, ins, run, entry.loss);
  for (const tensor of Object.values(ins)) tensor.dispose();
  return Object.entries(entry.outputs).flatMap(
    ([output, key]) =>
      misfit(output, results[output] ?? [], stored(entry.file, key).values, entry.tolerance[output]) ?? [],
  );
}
