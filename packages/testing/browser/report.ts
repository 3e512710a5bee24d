// What a run found, as a document to keep and as a line to share.
import type { ErrorEntry } from '../src/index';
import type { DeviceReport } from './devices';
import type { Outcome } from './runner';
import type { LeftOut, Suite, Wishes } from './suite';

/** The JSON that the page saves. A reader that knows `schema` 1 may rely on these fields; others may join them. */
export interface Report {
  readonly kind: 'paperzoo-browser-check';
  readonly schema: 1;
  /** Of paperzoo. */
  readonly version: string;
  readonly date: string;
  readonly browser: string;
  /** Whether the page was cross-origin isolated, which threads need. */
  readonly isolated: boolean;
  readonly asked: {
    readonly only: readonly string[];
    readonly devices: readonly string[];
    readonly sizes: number | 'all';
  };
  readonly devices: readonly DeviceReport[];
  readonly verdict: string;
  readonly passed: boolean;
  readonly cancelled: boolean;
  readonly seconds: number;
  /** Checks that were to run; without cancelling, as many as there are outcomes. */
  readonly planned: number;
  readonly outcomes: readonly Outcome[];
  readonly leftOut: readonly LeftOut[];
  /** The largest measured error per op, device and kernel, beside what is allowed. */
  readonly errors: readonly ErrorEntry[];
}

export interface Run {
  readonly version: string;
  readonly wishes: Wishes;
  readonly devices: readonly DeviceReport[];
  readonly suite: Suite;
  readonly outcomes: readonly Outcome[];
  readonly cancelled: boolean;
  readonly seconds: number;
}

export function makeReport(run: Run): Report {
  const { version, wishes, devices, suite, outcomes, cancelled, seconds } = run;
  const failed = outcomes.filter(({ state }) => state === 'failed').length;
  return {
    kind: 'paperzoo-browser-check',
    schema: 1,
    version,
    date: new Date().toISOString(),
    browser: navigator.userAgent,
    isolated: globalThis.crossOriginIsolated === true,
    asked: { ...wishes, sizes: wishes.sizes === Infinity ? 'all' : wishes.sizes },
    devices,
    verdict: verdictOf(run, failed),
    passed: failed === 0 && !cancelled && outcomes.length > 0,
    cancelled,
    seconds,
    planned: suite.entries.length,
    outcomes,
    leftOut: suite.leftOut,
    errors: suite.errors.worst(),
  };
}

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

/** One line, to paste where somebody asks whether it works. */
function verdictOf({ version, devices, suite, outcomes, cancelled }: Run, failed: number): string {
  const total = outcomes.length;
  const said =
    total === 0
      ? 'nothing was checked'
      : failed > 0
        ? `${failed.toLocaleString('en')} of ${count(total, 'check')} failed`
        : `${cancelled ? '' : 'all '}${count(total, 'check')} passed`;
  const until = cancelled ? `, cancelled before the other ${(suite.entries.length - total).toLocaleString('en')}` : '';
  const on = devices
    .filter(({ here }) => here)
    .map(({ name, facts }) => name + (facts.adapter ? ` (${facts.adapter})` : ''));
  const absent = devices.filter(({ here }) => !here).map(({ name }) => name);
  const without = absent.length ? `, without ${absent.join(', ')}` : '';
  const left = suite.leftOut.length ? `; ${suite.leftOut.length.toLocaleString('en')} left out` : '';
  return `paperzoo ${version}: ${said}${until} on ${on.join(', ')}${without}${left}. ${browserName(navigator.userAgent)}`;
}

/** `Chrome 156 on Linux`, as far as a user agent can be trusted. */
export function browserName(agent: string): string {
  const names: [RegExp, string][] = [
    [/Edg\/(\d+)/, 'Edge'],
    [/Firefox\/(\d+)/, 'Firefox'],
    [/Chrome\/(\d+)/, 'Chrome'],
    [/Version\/(\d+).*Safari/, 'Safari'],
  ];
  const systems: [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ];
  const found = names.find(([pattern]) => pattern.test(agent));
  const version = found && found[0].exec(agent)?.[1];
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  return `${found ? `${found[1]} ${version}` : 'A browser'}${system ? ` on ${system}` : ''}.`;
}
