// One race on an adapter, in a page or in Node: everybody gets ready, answers are compared, then all take turns with the adapter's limits.
import { firstLine } from '../../first-line';
import { relativeDifference } from '../../measure/difference';
import { PROBLEMS, type Job, type LaneResult, type PageResult, type Patience, type Problem } from '../problem';
import { inputsOf, type Inputs } from './inputs';
import { measureLanes, type Lane } from './lane';
import { openLimits } from './limits';
import { blockingCompilations, kernelTimes, openAdapterZoo, ourLane } from './ours';

/** An answer further off than this is no answer to the same question. */
const WORST = 1e-3;

/** What a software adapter takes says nothing: one call each. */
const ONCE: Patience = { sampleMs: 0, budgetMs: 0, minRounds: 1, maxRounds: 1 };

/** A library beside ours, and how it gets ready. */
export interface Rival {
  readonly id: string;
  readonly label: string;
  open(inputs: Inputs): Promise<Lane>;
}

export interface RaceHost {
  readonly rivals: readonly Rival[];
  /** A file of the problem's model. */
  file(problem: Problem, name: 'weights' | 'onnx'): Promise<Uint8Array>;
  onProgress(fraction: number): void;
}

/** Runs a job. Rejects with `DeviceError` where there is no adapter, and with our own error where ours cannot run. */
export async function raceOnAdapter({ subject, patience, alone }: Job, host: RaceHost): Promise<PageResult> {
  const zoo = await openAdapterZoo();
  const lanes: Lane[] = [];
  try {
    const { software, adapter } = zoo.device.caps.info;
    const problem = PROBLEMS[subject][software ? 'cut' : 'full'];
    const inputs = await inputsOf(problem, (name) => host.file(problem, name));
    const own = await ourLane(zoo, inputs);
    lanes.push(own);
    const reference = await own.output();
    const blocking = blockingCompilations(zoo);
    const results: LaneResult[] = [{ id: own.id, label: own.label }];
    for (const { id, label, open } of alone ? [] : host.rivals) {
      try {
        const lane = await open(inputs);
        const difference = relativeDifference(await lane.output(), reference);
        if (difference > WORST) {
          await lane.dispose();
          const unavailable = `its answer differs from ours by ${difference.toExponential(1)} of the largest value`;
          results.push({ id, label, difference, unavailable });
        } else {
          lanes.push(lane);
          results.push({ id, label, difference });
        }
      } catch (error) {
        results.push({ id, label, unavailable: firstLine(error) });
      }
    }
    const limits = await openLimits(zoo, software === true);
    const all = [...lanes, limits.multiplyAdd, limits.copying];
    const stats = await measureLanes(all, software ? ONCE : patience, host.onProgress);
    const [multiplyAdd, copying] = [stats.at(-2)!, stats.at(-1)!];
    return {
      ...{ adapter: String(adapter), software: software === true, problem, blocking },
      flops: own.flops,
      lanes: results.map((result) => {
        const at = lanes.findIndex(({ id }) => id === result.id);
        return at < 0 ? result : { ...result, stats: stats[at]! };
      }),
      limits: { gflops: limits.gflops(multiplyAdd.min), copyGBs: limits.copyGBs(copying.min) },
      profile: await kernelTimes(zoo, own),
    };
  } finally {
    for (const lane of lanes) await lane.dispose();
    await zoo.dispose();
  }
}
