import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tensor, Zoo } from '@paperzoo/core';
import { misfit } from './closeness';
import { det } from './det';
import type { Case } from './fixtures';
import { graded, type Outputs } from './graded';
import { readStored } from './stored';

const FOLDER = fileURLToPath(new URL('../fixtures/ops', import.meta.url));
const open = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
const { cases } = JSON.parse(new TextDecoder().decode(open('manifest.json'))) as { cases: readonly Case[] };
const files = new Map(['op.safetensors', 'family.safetensors'].map((name) => [name, readStored(open(name))]));

/** Cases of the op itself, or of its relatives, for `test.each`. */
export const opCases = (file: 'op' | 'family'): [name: string, entry: Case][] =>
  cases.filter((entry) => entry.file === `${file}.safetensors`).map((entry) => [entry.name, entry]);

export type Ins = Readonly<Record<string, Tensor>>;

/** Runs a case with its gradients and returns what does not fit, as sentences. */
export async function misfits(zoo: Zoo, entry: Case, run: (ins: Ins) => Outputs): Promise<string[]> {
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
