import { isTensor, type Benchmark, type BenchmarkLane, type Plugin, type Tensor } from '@paperzoo/core';
import type { Contestant } from '../peers/contestant';
import { openZoo } from '../peers/paperzoo';
import type { Case, Find, Target, TimedCase } from './case';

/** `@paperzoo/gla` is `gla` in ids and groups. */
const shortName = (plugin: Plugin): string => plugin.name.split('/').at(-1)!;

/** A plugin's own benchmarks as cases of the suite, on the WASM device with one thread. What cannot be imported is a case that tells why. */
export async function pluginCases(plugin: Plugin): Promise<Case[]> {
  try {
    const benchmarks = (await plugin.benchmarks?.())?.default ?? [];
    return benchmarks.map((benchmark) => pluginCase(plugin, benchmark));
  } catch (error) {
    const [id, figure] = [shortName(plugin), () => Promise.reject(error as Error)];
    const title = `the benchmarks of ${plugin.name}`;
    return [{ kind: 'figure', id, group: id, title, quick: true, plugin: plugin.name, unit: 'ms', figure }];
  }
}

function pluginCase(plugin: Plugin, benchmark: Benchmark): TimedCase {
  const { title, definition, quick = true, agree = true } = benchmark;
  const group = shortName(plugin);
  const id = `${group}-${benchmark.id}`;
  return {
    ...{ kind: 'timed', id, group, title, definition, threads: 1, quick, plugin: plugin.name, agree },
    targets: targets(id, benchmark),
    async prepare() {
      const zoo = await openZoo(1, [plugin]);
      try {
        const lanes = Object.entries(await benchmark.lanes(zoo));
        // The zoo goes with the last of them.
        return lanes.map(([name, lane], i) => contestant(name, lane, () => (i === 0 ? zoo.dispose() : undefined)));
      } catch (error) {
        await zoo.dispose();
        throw error;
      }
    },
  };
}

function contestant(id: string, lane: BenchmarkLane, dispose: () => Promise<void> | undefined): Contestant {
  return {
    ...{ id, label: id, threads: 1, dispose },
    ...(lane.flops === undefined ? {} : { flops: lane.flops }),
    run() {
      const result = lane.run();
      if (isTensor(result)) (result as Tensor).dispose();
      else return result?.then((late) => (isTensor(late) ? (late as Tensor).dispose() : undefined));
    },
    async output() {
      const result = await lane.run();
      if (!isTensor(result)) throw new Error('it returned no tensor to compare');
      const data = await (result as Tensor).data();
      (result as Tensor).dispose();
      return data as Float32Array;
    },
  };
}

function targets(id: string, { definition, goals = [] }: Benchmark): Target[] {
  return goals.map(({ value, ...goal }, i): Target => {
    const of = ({ timed }: Find) => {
      const entries = timed(id)?.entries ?? [];
      if (entries.length === 0 || entries.some((entry) => !entry.stats)) return undefined;
      return value(
        Object.fromEntries(entries.map((e) => [e.id, { ms: e.stats!.min, cpu: e.stats!.cpu ?? NaN, ...shareOf(e) }])),
      );
    };
    return { ...goal, id: `${id}-${i + 1}`, definition, value: of };
  });
}

const shareOf = ({ share }: { readonly share?: number }) => (share === undefined ? {} : { share });
