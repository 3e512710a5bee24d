import { API_VERSION, type Benchmark, type Claim, type Plugin } from '@paperzoo/core';
import { demand } from '../check';

/** A manifest that users and the CLI can rely on: paper, licence, names, meanings, claims that say everything, lists that load. */
export async function checkManifest(plugin: Plugin): Promise<void> {
  const { name, paper, api, license } = plugin;
  const say = (condition: boolean, what: string) => demand(condition, `${name}: ${what}.`);
  say(api === API_VERSION, `api is ${api}, not ${API_VERSION}`);
  say(license.length > 0 && paper.title.length > 0, 'license and paper.title are needed');
  say(!!paper.year && !!paper.authors, 'paper needs authors and a year');
  say(!!(paper.arxiv ?? paper.venue ?? paper.code), 'paper needs an arXiv number, a venue or an address of code');
  const ops = plugin.ops ?? [];
  for (const op of ops) {
    say(/[.:]/.test(op.name), `op "${op.name}" needs a namespace, as "${name.split('/').pop()}.${op.name}"`);
    say(
      op.implementation.composite !== undefined,
      `${op.name} needs a composite: without one it runs on some devices only`,
    );
    say((op.samples?.().length ?? 0) > 0, `${op.name} needs samples`);
    say(op.cost !== undefined, `${op.name} needs a cost, for benchmarks and rooflines`);
  }
  unique(name, 'op', ops.map((op) => op.name)); // prettier-ignore
  unique(name, 'model', (plugin.models ?? []).map((card) => card.name)); // prettier-ignore
  const ids: string[] = [];
  for (const [device, load] of Object.entries(plugin.kernels ?? {})) {
    for (const kernel of (await load()).default) {
      say(kernel.device === device, `kernel "${kernel.id}" is listed for ${device} and made for ${kernel.device}`);
      say(kernel.id.startsWith(`${kernel.op.name}/`), `kernel "${kernel.id}" should be named "${kernel.op.name}/…"`);
      ids.push(kernel.id);
    }
  }
  unique(name, 'kernel', ids);
  const claims = (await plugin.claims?.())?.default ?? [];
  for (const claim of claims) checkClaim(name, claim);
  unique(name, 'claim', claims.map((claim) => claim.id)); // prettier-ignore
  const benchmarks = (await plugin.benchmarks?.())?.default ?? [];
  for (const benchmark of benchmarks) checkBenchmark(name, benchmark);
  unique(name, 'benchmark', benchmarks.map((benchmark) => benchmark.id)); // prettier-ignore
}

function checkClaim(plugin: string, claim: Claim): void {
  for (const key of ['id', 'source', 'statement', 'figure', 'scaledDown'] as const)
    demand(claim[key].trim().length > 0, `${plugin}: claim "${claim.id}" needs ${key}.`);
  const budget = claim.budgetSeconds;
  demand(
    budget > 0 && budget <= 3600,
    `${plugin}: claim "${claim.id}" has a budget of ${budget} s; 1 to 3600 are taken.`,
  );
}

function checkBenchmark(plugin: string, benchmark: Benchmark): void {
  for (const key of ['id', 'title', 'definition'] as const)
    demand(benchmark[key].trim().length > 0, `${plugin}: benchmark "${benchmark.id}" needs ${key}.`);
  for (const { text, sense, must, aim } of benchmark.goals ?? []) {
    const weaker = must === undefined || aim === undefined || (sense === 'least' ? must <= aim : must >= aim);
    demand(weaker, `${plugin}: benchmark "${benchmark.id}" promises more than it aims at: ${text}.`);
  }
}

function unique(plugin: string, kind: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  demand(twice === undefined, `${plugin}: two ${kind}s are named "${twice}".`);
}
