import { throwIfAborted, type Claim } from '@paperzoo/core';
import { count, type Count } from './count';
import { subjects, type Subject } from './subjects';

type Row = readonly [subject: Subject, paper: Count, flops: string, params: string];

/** The paper's figures and the integers that its own code has. */
const TABLE: readonly Row[] = [
  [subjects.m0, { macs: 79_193_600, params: 2_349_436 }, '79 M', '2.3 M'],
  [subjects.m1, { macs: 167_051_840, params: 2_980_560 }, '167 M', '3.0 M'],
  [subjects.m2, { macs: 201_035_712, params: 4_187_554 }, '201 M', '4.2 M'],
  [subjects.m3, { macs: 262_662_208, params: 6_900_722 }, '263 M', '6.9 M'],
  [subjects.m4, { macs: 299_308_544, params: 8_804_228 }, '299 M', '8.8 M'],
  [subjects.m5, { macs: 521_583_104, params: 12_473_772 }, '522 M', '12.4 M'],
  [subjects.mobilenetv3, { macs: 216_589_760, params: 5_483_032 }, '217 M', '5.4 M'],
  [subjects.mobilevit, { macs: 407_364_096, params: 1_272_024 }, '410 M', '1.3 M'],
];

/** Multiply-adds (which the paper calls FLOPs) and parameters of all models, compared as integers. */
export function costTableClaim(table: readonly Row[] = TABLE): Claim {
  return {
    id: 'cost-table',
    source: "The authors' table of models, columns FLOPs and Params",
    statement:
      'M0 to M5 need 79 M to 522 M multiply-adds and have 2.3 M to 12.4 M parameters; the baselines as listed.',
    figure: table.map(([{ name }, , flops, params]) => `${name} ${flops} / ${params}`).join(', '),
    scaledDown: 'Nothing: the full-size modules are traced and counted, and must agree to the last integer.',
    budgetSeconds: 10,
    async run({ zoo: start, progress, signal }) {
      const zoo = await start({ threads: 1 });
      const measured: Record<string, number> = {};
      const wrong: string[] = [];
      for (const [i, [subject, paper]] of table.entries()) {
        throwIfAborted(signal, 'Counting');
        progress(i / table.length, subject.name);
        const { macs, params } = count(zoo, subject);
        measured[`${subject.name} multiply-adds`] = macs;
        measured[`${subject.name} parameters`] = params;
        if (macs !== paper.macs) wrong.push(`${subject.name} has ${macs} multiply-adds, not ${paper.macs}`);
        if (params !== paper.params) wrong.push(`${subject.name} has ${params} parameters, not ${paper.params}`);
        // Tracing runs without a pause; a page wants one between models.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      return {
        measured,
        holds: wrong.length === 0,
        because: wrong.length
          ? `${wrong.join('; ')}.`
          : `Traces of all ${table.length} modules give exactly the integers of the authors' and timm's code.`,
      };
    },
  };
}
