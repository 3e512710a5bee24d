import type { PageCase } from './case';
import { PROBLEMS, type Patience, type Subject } from '../webgpu/problem';
import { rowId, rowOf, WHERE, type Where } from '../webgpu/row';

/** Calls on an adapter vary little; on a software adapter one may take seconds. */
const PATIENCE: Readonly<Record<'quick' | 'full', Patience>> = {
  quick: { sampleMs: 100, budgetMs: 4000, minRounds: 2, maxRounds: 30 },
  full: { sampleMs: 200, budgetMs: 12_000, minRounds: 3, maxRounds: 60 },
};

let nextJob = 1;

const pageCase = (subject: Subject, where: Where): PageCase => ({
  ...{ kind: 'page', id: rowId(subject, where), group: 'webgpu', quick: true, asked: true },
  title: `${PROBLEMS[subject].full.title}, WebGPU ${WHERE[where]}`,
  async race({ suite, nodeEntry, ...host }) {
    const job = { id: `${process.pid}-${nextJob++}`, subject, patience: PATIENCE[suite] };
    if (where === 'page') {
      const { raceInPage } = await import('../webgpu/host/race-in-page');
      return rowOf(subject, where, await raceInPage(job, host));
    }
    const { raceInNode } = await import('../webgpu/host/race-in-node');
    return rowOf(subject, where, await raceInNode(nodeEntry, job, host.signal, host.onProgress));
  },
});

/** On the graphics adapter: in a page beside others that use it, and in Node. */
export const webgpuCases: readonly PageCase[] = (['page', 'node'] as const).flatMap((where) =>
  (['gemm', 'efficientvit', 'gla'] as const).map((subject) => pageCase(subject, where)),
);
