// While a call is being prepared its commands wait here, in their order, until all that they need is compiled: compilation then neither
// blocks the page nor goes one shader after the other.
import type { ZooError } from '@paperzoo/core';
import { Batch } from './batch';
import type { Pipelines } from './pipelines';
import type { Block, Handle } from './pool';
import type { Program } from './program';

interface Command {
  /** What it writes: worthless if it cannot run. */
  readonly outs: readonly Handle[];
  readonly program?: readonly [key: string, make: () => Program];
  run(): void;
}

export class Held {
  private readonly commands: Command[] = [];
  /** Blocks that waiting commands use: freed or not, nothing may be done to them out of turn. */
  private readonly touched = new Set<Block>();
  private holders = 0;
  private draining: Promise<void> | undefined;

  constructor(private readonly pipelines: Pipelines) {}

  /** True while commands must wait: somebody prepares, or earlier ones wait still. */
  get active(): boolean {
    return this.holders > 0 || this.commands.length > 0;
  }

  touches(block: Block): boolean {
    return this.touched.has(block);
  }

  /** Runs a command, which reads `ins`, at once or in its turn. */
  order(ins: readonly Handle[], command: Command): void {
    if (!this.active) return command.run();
    for (const { block } of ins) this.touched.add(block);
    for (const { block } of command.outs) this.touched.add(block);
    this.commands.push(command);
  }

  /** Makes a call whose commands are held; resolves to its result when they have run. Rejects with the first thing that went wrong. */
  async during<T>(fn: () => T | Promise<T>): Promise<T> {
    this.holders++;
    try {
      return await fn();
    } finally {
      // Whatever became of the call, others may rely on what it enqueued.
      this.holders--;
      await this.drain();
    }
  }

  /** Compiles what waiting commands need and runs them. */
  drain(): Promise<void> {
    this.draining ??= this.compileAndRun().finally(() => (this.draining = undefined));
    return this.draining;
  }

  private async compileAndRun(): Promise<void> {
    const errors: unknown[] = [];
    const asked = new Set<string>();
    for (;;) {
      // More commands may have come while the last programs were compiled.
      const missing = this.commands.flatMap(({ program }) => {
        if (!program || asked.has(program[0]) || this.pipelines.has(program[0])) return [];
        asked.add(program[0]);
        return [[program[0], program[1]()] as const];
      });
      if (missing.length === 0) break;
      await this.pipelines.prepare(missing).catch((error: unknown) => errors.push(error));
    }
    for (const command of this.commands) {
      try {
        command.run();
      } catch (error) {
        errors.push(error);
        const spoilt = Batch.failed(error as ZooError);
        for (const handle of command.outs) handle.batch = spoilt;
      }
    }
    this.commands.length = 0;
    this.touched.clear();
    if (errors.length > 0) throw errors[0];
  }
}
