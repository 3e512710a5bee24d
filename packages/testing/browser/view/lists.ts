// The lists beside the table: devices with their facts, failures with what was expected, checks left out with their reasons.
import type { DeviceReport } from '../devices';
import type { Outcome } from '../runner';
import type { LeftOut } from '../suite';
import { by, make } from './dom';

export function showDevices(devices: readonly DeviceReport[]): void {
  by('devices').replaceChildren();
  for (const { name, here, reason, facts } of devices) {
    const card = make('li', by('devices'), '', { class: here ? 'here' : 'absent' });
    make('h3', card, name);
    if (reason) make('p', card, reason, { class: 'reason' });
    const list = make('dl', card);
    for (const [key, value] of Object.entries(facts)) {
      if (key === 'threadsReason' && reason) continue;
      make('dt', list, key);
      make('dd', list, typeof value === 'number' ? value.toLocaleString('en') : String(value));
    }
  }
}

export function showFailure({ group, device, subject, check, message, expected, got }: Outcome): void {
  by('failed').hidden = false;
  const item = make('li', by('failures'));
  make('h3', item, [device ?? 'float64', subject ?? group, check].join(' · '));
  make('p', item, message ?? '');
  if (expected === undefined && got === undefined) return;
  const list = make('dl', item);
  for (const [name, value] of Object.entries({ expected, got })) {
    if (value === undefined) continue;
    make('dt', list, name);
    make('dd', list, value);
  }
}

export function showLeftOut(all: readonly LeftOut[]): void {
  by('left-out').replaceChildren();
  by('left').hidden = all.length === 0;
  by('left-count').textContent = `${all.length} left out`;
  const reasons = new Set(all.map(({ reason }) => reason));
  for (const reason of reasons) {
    make('h3', by('left-out'), `Because ${reason}:`);
    const list = make('ul', by('left-out'));
    for (const { group, device, subject, what } of all.filter((each) => each.reason === reason))
      make('li', list, [device, subject ?? group, what].filter((part) => part !== undefined).join(' · '));
  }
}
