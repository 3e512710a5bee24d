// The process that races on Node's own adapter, ours alone: no other library runs there on WebGPU.
import { firstLine } from '../../first-line';
import { modelFiles } from '../host/model-files';
import { raceOnAdapter } from '../page/race';
import type { Job, PageResult } from '../problem';

export type NodeMessage =
  | { readonly type: 'fraction'; readonly fraction: number }
  | { readonly type: 'result'; readonly result: PageResult }
  | { readonly type: 'failed'; readonly reason: string };

const tell = (message: NodeMessage) => void process.send!(message);

process.once('message', (job: Job) => {
  const host = {
    rivals: [],
    file: async (...[problem, name]: Parameters<Parameters<typeof raceOnAdapter>[1]['file']>) =>
      (await modelFiles(problem))[name],
    onProgress: (fraction: number) => tell({ type: 'fraction', fraction }),
  };
  raceOnAdapter(job, host)
    .then(
      (result) => tell({ type: 'result', result }),
      (error: unknown) => tell({ type: 'failed', reason: firstLine(error) }),
    )
    .finally(() => process.disconnect());
});
// Without its parent nobody would read the result.
process.once('disconnect', () => process.exit());
