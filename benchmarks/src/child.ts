// The process that races: a thread count belongs to a process in onnxruntime-web, and a library that crashes takes only this one along.
import type { RaceJob } from './suite/protocol';
import { runRaces } from './suite/racer';

process.once('message', (job: RaceJob) => {
  runRaces(job, (message) => void process.send!(message)).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Without its parent nobody would read the results.
process.once('disconnect', () => process.exit());
