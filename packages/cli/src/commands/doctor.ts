import { createZoo, type Zoo } from '@paperzoo/core';
import { availableParallelism } from 'node:os';
import type { CommonOptions, Context } from '../context';
import { findPlugins } from '../plugins/find-plugins';
import type { FoundPlugin } from '../plugins/plugin-set';
import { describe } from '../terminal/report-error';
import { wrapText } from '../terminal/wrap';
import { deviceFactory, type DeviceName } from '../zoo';
import { examineMachine, ok, problem, warning, type Finding } from './machine';
import { opsToTry, selfTest, type OpCheck } from './self-test';

interface DeviceReport {
  readonly device: DeviceName;
  readonly threads: number;
  readonly info?: Readonly<Record<string, string | number | boolean>>;
  readonly ops: readonly OpCheck[];
}

/** `paperzoo doctor`: what this machine can do, and whether each device computes what the reference computes. */
export async function doctor({ terminal, signal }: Context, { plugin = [] }: CommonOptions): Promise<number> {
  const findings = await examineMachine();
  const { found, broken } = await findPlugins({ named: plugin });
  for (const { name, version, plugin } of found) {
    const counts = `${plugin.models?.length ?? 0} models, ${plugin.ops?.length ?? 0} ops`;
    findings.push(ok('plugin', `${name}${version ? ` ${version}` : ''}: ${counts}`));
  }
  for (const { name, error, unbuilt } of broken) {
    findings.push((unbuilt ? warning : problem)('plugin', `${name} cannot be used: ${error}`));
  }
  if (found.length + broken.length === 0) {
    findings.push(warning('plugin', 'none found. Try: npm install @paperzoo/efficientvit'));
  }
  const devices = await tryDevices(found, findings, signal);
  const failed = findings.some(({ status }) => status === 'problem');
  terminal.result({ ok: !failed, findings, devices }, () => {
    for (const finding of findings) write(finding);
    terminal.write();
    terminal.write(failed ? terminal.colors.red('Something does not work: see above.') : 'Everything needed works.');
  });
  return failed ? 1 : 0;

  function write({ check, status, text }: Finding): void {
    const { colors } = terminal;
    const mark = { ok: colors.green('ok'), warning: colors.yellow('!!'), problem: colors.red('XX') }[status];
    const indent = 3 + Math.max(...findings.map((each) => each.check.length)) + 2;
    const [first = '', ...more] = wrapText(text, terminal.width - indent);
    terminal.write(`${mark} ${check.padEnd(indent - 3)}${first}`);
    for (const line of more) terminal.write(`${' '.repeat(indent)}${line}`);
  }
}

/** Tries ops on each device against doubles on the cpu device, and adds a finding for each. */
async function tryDevices(
  found: readonly FoundPlugin[],
  findings: Finding[],
  signal: AbortSignal,
): Promise<DeviceReport[]> {
  const ops = opsToTry(found);
  const { cpu } = await import('@paperzoo/device-cpu');
  const reference = await createZoo({ device: cpu({ precision: 'f64' }), log: () => undefined });
  const reports: DeviceReport[] = [];
  const tries: [DeviceName, number][] = [['cpu', 1], ['wasm', 1]]; // prettier-ignore
  if (availableParallelism() > 1) tries.push(['wasm', 2]);
  try {
    for (const [device, threads] of tries) {
      signal.throwIfAborted();
      const check = threads > 1 ? `${device}, ${threads} threads` : device;
      try {
        const zoo = await createZoo({ device: await deviceFactory(device, threads), log: () => undefined });
        try {
          await usePlugins(zoo, found, check, findings);
          const results = await selfTest(zoo, reference, ops);
          const { caps } = zoo.device;
          reports.push({ device, threads: caps.threads, info: caps.info, ops: results });
          findings.push(
            verdict(check, results, caps.threads < threads ? String(caps.info['threadsReason']) : undefined),
          );
        } finally {
          await zoo.dispose();
        }
      } catch (error) {
        findings.push(problem(check, describe(error).message));
      }
    }
  } finally {
    await reference.dispose();
  }
  return reports;
}

async function usePlugins(zoo: Zoo, found: readonly FoundPlugin[], check: string, findings: Finding[]): Promise<void> {
  for (const { name, plugin } of found) {
    try {
      await zoo.use(plugin);
    } catch (error) {
      findings.push(problem(check, `kernels of ${name} do not load: ${describe(error).message}`));
    }
  }
}

function verdict(check: string, results: readonly OpCheck[], threadsReason: string | undefined): Finding {
  const wrong = results.filter((result) => !result.ok);
  if (wrong.length > 0) {
    return problem(check, `wrong: ${wrong.map((result) => `${result.op} ${result.problem}`).join('; ')}`);
  }
  if (threadsReason) return warning(check, `runs on one thread: ${threadsReason}`);
  const worst = Math.max(0, ...results.map((result) => result.difference ?? 0));
  return ok(check, `${results.length} ops agree with the reference (largest difference ${worst.toExponential(1)})`);
}
