import { throwIfAborted, type ClaimContext, type Tensor, type Zoo } from '@paperzoo/core';
import { hostTensor, Parameter, Random, type Module } from '@paperzoo/nn';
import type { InferenceForm, Subject } from './subjects';

/** Images per second by name of the network and batch size. */
export type Throughput = ReadonlyMap<string, ReadonlyMap<number, number>>;

export interface ThroughputOptions {
  readonly batches: readonly number[];
  /** Least time that each network is measured for, per batch size, after its warm-up. */
  readonly seconds: number;
}

const WARM_UP = 2;
const LEAST_SAMPLES = 5;

interface Runner {
  readonly subject: Subject;
  readonly graph: InferenceForm;
  readonly x: Tensor;
  readonly times: number[];
  total: number;
}

/**
 * Measures networks in turns, so that a busy moment of the machine hits them all: fp32, norms folded, one image pass at a time, median of
 * at least `seconds` and five passes each.
 */
export async function measureThroughput(
  zoo: Zoo,
  networks: readonly Subject[],
  { batches, seconds }: ThroughputOptions,
  { progress, signal }: Pick<ClaimContext, 'progress' | 'signal'>,
): Promise<Throughput> {
  const results = new Map(networks.map(({ name }) => [name, new Map<number, number>()] as const));
  const graphs = await Promise.all(networks.map((subject) => prepare(zoo, subject)));
  try {
    for (const [round, batch] of batches.entries()) {
      const runners = networks.map((subject, i): Runner => {
        const x = noise(zoo, batch, subject.size);
        return { subject, graph: graphs[i]!, x, times: [], total: 0 };
      });
      try {
        const report = (done: number) => progress((round + done) / batches.length, `batch ${batch}`);
        await takeTurns(runners, seconds * 1000, report, signal);
      } finally {
        for (const { x } of runners) x.dispose();
      }
      for (const { subject, times } of runners) results.get(subject.name)!.set(batch, (1000 * batch) / median(times));
    }
  } finally {
    for (const graph of graphs) graph.dispose();
  }
  return results;
}

async function takeTurns(
  runners: readonly Runner[],
  milliseconds: number,
  report: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const runner of runners) for (let i = 0; i < WARM_UP; i++) await pass(runner);
  const unfinished = ({ times, total }: Runner) => times.length < LEAST_SAMPLES || total < milliseconds;
  while (runners.some(unfinished)) {
    for (const runner of runners) {
      throwIfAborted(signal, 'Measuring throughput');
      const time = await pass(runner);
      runner.times.push(time);
      runner.total += time;
    }
    report(Math.min(1, Math.min(...runners.map(({ total }) => total)) / milliseconds));
  }
}

/** One forward pass up to the logits in ordinary memory, in milliseconds. */
async function pass({ graph, x }: Runner): Promise<number> {
  const start = performance.now();
  const logits = graph.forward(x);
  await logits.data();
  const time = performance.now() - start;
  logits.dispose();
  return time;
}

async function prepare(zoo: Zoo, { build, fuse }: Subject): Promise<InferenceForm> {
  const module = build().initialize();
  enliven(module);
  try {
    return await fuse(zoo, module);
  } finally {
    module.dispose();
  }
}

/** Fresh networks have idle residual branches and fade towards zero, where floats get slow; these scales keep values alive. */
function enliven(module: Module): void {
  for (const [key, state] of module.namedState()) {
    if (!(state instanceof Parameter) || !/(^|\.)bn\d?\.weight$/.test(key)) continue;
    const inBranch = /\.m\./.test(key);
    state.set(hostTensor(state.shape, new Float32Array(state.size).fill(inBranch ? 0.5 : 2)));
  }
}

function noise(zoo: Zoo, batch: number, size: number): Tensor {
  const random = new Random(0, 'image');
  const shape = [batch, 3, size, size];
  return zoo.tensor(
    Float32Array.from({ length: batch * 3 * size * size }, () => random.uniform(-2, 2)),
    { shape },
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
