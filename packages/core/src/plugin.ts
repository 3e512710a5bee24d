import { PluginError } from './errors';
import type { Kernel } from './kernel';
import type { ModelCard } from './model';
import type { Op } from './op';
import type { Tensor } from './tensor';
import type { Zoo } from './zoo';

/** Contract between core and plugins; it changes with the core's major version. */
export const API_VERSION = 1;
/** Tells this copy of the core from another one in the same process. */
export const CORE = Symbol('this copy of @paperzoo/core');

export interface Paper {
  readonly title: string;
  readonly authors?: string;
  readonly year?: number;
  readonly venue?: string;
  readonly arxiv?: string;
  readonly code?: string;
}

/** The outcome of measuring a claim on this machine. */
export interface ClaimResult {
  readonly measured: Readonly<Record<string, number>>;
  /** Null: it cannot be shown at this size, and `because` says what it would take. Never a stand-in for false. */
  readonly holds: boolean | null;
  /** One sentence: what was compared and why it holds or not. */
  readonly because: string;
}

/** What a claim may use while it measures. */
export interface ClaimContext {
  readonly signal?: AbortSignal;
  /** Reports progress between 0 and 1. */
  progress(fraction: number, note?: string): void;
  /** A fresh zoo on the device under test, with the claim's plugin; the caller of `run` disposes it. */
  zoo(options?: { threads?: number }): Promise<Zoo>;
}

/** A sentence of the paper's, its figure, and a function that measures the same thing at a size a laptop can carry. */
export interface Claim {
  readonly id: string;
  /** Where the paper says it: section, table, row. */
  readonly source: string;
  readonly statement: string;
  /** The paper's figure. */
  readonly figure: string;
  /** What is smaller or different here. */
  readonly scaledDown: string;
  readonly budgetSeconds: number;
  run(context: ClaimContext): Promise<ClaimResult>;
}

/** What a benchmark times. A tensor that it returns is freed; `flops` of one call gives its share of the machine's peak. */
export interface BenchmarkLane {
  run(): Tensor | Promise<unknown> | void;
  readonly flops?: number;
}

/** A number that a benchmark is run for: `must` is a promise, `aim` an ambition; `least` means that larger is better. */
export interface BenchmarkGoal {
  readonly text: string;
  readonly unit: string;
  readonly sense: 'least' | 'most';
  readonly must?: number;
  readonly aim?: number;
  /** From each lane's shortest time and median processor time in milliseconds, and its share of the peak. */
  value(lanes: Readonly<Record<string, { ms: number; cpu: number; share?: number }>>): number;
}

/** A plugin's own race: its lanes take turns in one process, beside the machine's limit. */
export interface Benchmark {
  readonly id: string;
  readonly title: string;
  /** What exactly is timed, for a reader who was not there. */
  readonly definition: string;
  /** Part of the quick suite. Default true. */
  readonly quick?: boolean;
  /** The lanes compute the same thing; one whose tensor differs from the first's is not timed. */
  readonly agree?: boolean;
  readonly goals?: readonly BenchmarkGoal[];
  /** Does everything that is not timed. The first lane is the one that the others are compared with. */
  lanes(zoo: Zoo): Promise<Readonly<Record<string, BenchmarkLane>>>;
}

export interface PluginDefinition {
  readonly name: string;
  readonly api: number;
  readonly license: string;
  readonly paper: Paper;
  readonly ops?: readonly Op[];
  /** By device name; the default export lists the kernels. Only the zoo's device is imported. */
  readonly kernels?: Readonly<Record<string, () => Promise<{ default: readonly Kernel<never, never>[] }>>>;
  readonly models?: readonly ModelCard[];
  /** Names that others gave to something else, which must not be taken for this plugin's: `is` completes "that name is …". */
  readonly namesakes?: readonly { readonly name: RegExp; readonly is: string }[];
  readonly claims?: () => Promise<{ default: readonly Claim[] }>;
  readonly benchmarks?: () => Promise<{ default: readonly Benchmark[] }>;
}

export interface Plugin extends PluginDefinition {
  readonly core: symbol;
}

/** Checks a manifest and stamps it with this copy of the core; registers nothing. */
export function definePlugin(definition: PluginDefinition): Plugin {
  const { name, api, license, paper } = definition ?? {};
  if (!name || !license || !paper?.title) {
    const details = { argument: 'definition' };
    throw new PluginError(`definePlugin: name, license and paper.title are required (plugin "${name}").`, details);
  }
  if (api !== API_VERSION) {
    throw new PluginError(`${name} was written for core api ${api}; this core speaks ${API_VERSION}.`, {
      expected: API_VERSION,
      got: api,
      remedy: 'Install matching versions of the plugin and @paperzoo/core.',
    });
  }
  return Object.freeze({ ...definition, core: CORE });
}
