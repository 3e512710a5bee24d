import type { Tensor, Zoo } from '@paperzoo/core';
import { misfit } from './closeness';
import { det } from './det';
import { fileBytes, fileJson } from './files';
import type { Case } from './fixtures';
import { graded, type Outputs } from './graded';
import { readStored, type StoredTensor } from './stored';

const files = new Map<string, ReadonlyMap<string, StoredTensor>>();

/** Cases of the op itself, or of its relatives. */
export const opCases = (file: 'op' | 'family'): readonly Case[] => {
  const { cases } = fileJson('ops/manifest.json') as { cases: readonly Case[] };
  return cases.filter((entry) => entry.file === `${file}.safetensors`);
};

export type Ins = Readonly<Record<string, Tensor>>;

/** Runs a case with its gradients and returns what does not fit, as sentences. */
export async function misfits(zoo: Zoo, entry: Case, run: (ins: Ins) => Outputs): Promise<string[]> {
  if (!files.has(entry.file)) files.set(entry.file, readStored(fileBytes(`ops/${entry.file}`)));
  const file = files.get(entry.file)!;
  const ins = Object.fromEntries(
    Object.entries(entry.inputs).map(([name, source]) => {
      const { shape, values } =
        'det' in source ? { shape: source.det[1], values: det(source.det) } : file.get(source.tensor)!;
      return [name, zoo.tensor(values, { shape })];
    }),
  );
  const results = await graded(zoo, ins, run, entry.loss);
  for (const tensor of Object.values(ins)) tensor.dispose();
  return Object.entries(entry.outputs).flatMap(
    ([name, key]) => misfit(name, results[name] ?? [], file.get(key)!.values, entry.tolerance[name]) ?? [],
  );
}
