import type { Stats } from './measure/stats';

/** Facts about where the numbers come from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  readonly v8: string;
  /** Versions of everything that was timed. */
  readonly packages: Readonly<Record<string, string>>;
  /** Of the repository that the suite ran in; absent elsewhere. `+` means uncommitted changes. */
  readonly commit?: string;
  /** One-minute load average when the suite began: processes that wanted a core. 0 where the system does not tell. */
  readonly loadAtStart: number;
}

/** The machine's limits as SIMD128 code reaches them. */
export interface Peak {
  readonly threads: number;
  /** Multiply-adds counted twice, 10⁹ per second. */
  readonly gflops: number;
  /** Copying 24 MiB, bytes read plus bytes written, 10⁹ per second. */
  readonly copyGBs: number;
}

/** What bounds a case: floating-point operations (a multiply and an add are two), or bytes read and written. */
export interface Work {
  readonly unit: 'flop' | 'byte';
  readonly amount: number;
}

/** One library's part in a case. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly threads: number;
  /** Why there is no time: the reason in a sentence. */
  readonly unavailable?: string;
  readonly stats?: Stats;
  /** Largest difference of its output from ours, over the largest absolute value of ours. */
  readonly difference?: number;
  /** 10⁹ operations or bytes per second at the minimum, as the case's work counts. */
  readonly rate?: number;
  /** `rate` over the measured peak of as many threads. */
  readonly share?: number;
  /** Its minimum over ours: above 1 we are faster. */
  readonly ratio?: number;
  /** Its median over ours. */
  readonly medianRatio?: number;
}

/** A timed case: ours, which comes first, and its peers, interleaved in one process. */
export interface TimedRow {
  readonly kind: 'timed';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** What exactly is timed, where the title does not say it. */
  readonly definition?: string;
  readonly threads: number;
  /** What one call does; absent where counting it says nothing, or where the entries do different things. */
  readonly work?: Work;
  /** The entries do different things: there are no ratios. */
  readonly agree?: false;
  readonly entries: readonly Entry[];
  /** Where it ran on a graphics adapter: its name and its limits, in 10⁹ per second. */
  readonly adapter?: {
    readonly name: string;
    readonly software: boolean;
    readonly gflops: number;
    readonly copyGBs: number;
  };
  /** There: the adapter's time of one call of ours by kernel, longest first, or why it is not known. */
  readonly profile?: readonly { readonly kernel: string; readonly dispatches: number; readonly ms: number }[];
  readonly unprofiled?: string;
}

/** A figure that is no race: start-up time, size, memory. */
export interface FigureRow {
  readonly kind: 'figure';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly unit: 'ms' | 'kB' | 'MB' | 'bytes';
  /** What the value is, where the title does not say it. */
  readonly definition?: string;
  readonly value?: number;
  readonly unavailable?: string;
  /** Further numbers of the same measurement, by what they are. */
  readonly details?: Readonly<Record<string, number>>;
}

export type Row = TimedRow | FigureRow;
/** `gemm`, `stream`, `model`, `overhead`, `start`, `size`, `memory`, or a plugin's short name. */
export type Group = string;

/** A number that the project promises, and how this run stands to it. */
export interface Goal {
  readonly id: string;
  readonly text: string;
  /** What its number is; the suite's own goals have theirs in the report. */
  readonly definition?: string;
  readonly unit: string;
  /** `least`: larger is better. */
  readonly sense: 'least' | 'most';
  /** Absent where the number is only printed. */
  readonly must?: number;
  readonly aim?: number;
  readonly value?: number;
  /** What a reader has to know about this value on this machine. */
  readonly note?: string;
  readonly verdict: 'aim' | 'must' | 'missed' | 'printed' | 'not measured';
}

/** What a run of the suite writes to its JSON file. */
export interface SuiteResult {
  readonly schema: 1;
  readonly suite: 'quick' | 'full';
  readonly filter?: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly seconds: number;
  readonly command: string;
  readonly machine: Machine;
  readonly peaks: readonly Peak[];
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}
