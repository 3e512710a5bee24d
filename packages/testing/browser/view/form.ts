// What a visitor asks for lives in the page's address, so that a link asks for the same again; the form only writes it.
import type { Wishes } from '../suite';
import { by, make } from './dom';

/** Generated sizes per op and device where nothing else is asked for: a minute or two, also on a software adapter. */
const FEW = 3;

const listed = (query: URLSearchParams, name: string): string[] =>
  query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter(Boolean);

/** `?only=matmul,conv2d`, `?devices=wasm,webgpu`, `?sizes=0`, `?sizes=all` (or nothing but `?sizes`). */
export function readWishes(search: string): Wishes {
  const query = new URLSearchParams(search);
  const sizes = query.get('sizes') ?? String(FEW);
  const number = Number(sizes);
  return {
    only: listed(query, 'only'),
    devices: listed(query, 'devices'),
    sizes: sizes === 'all' || sizes === '' ? Infinity : Number.isInteger(number) && number >= 0 ? number : FEW,
  };
}

export function fillForm({ only, devices, sizes }: Wishes, names: readonly string[]): void {
  by<HTMLInputElement>('only').value = only.join(', ');
  for (const name of names) {
    const label = make('label', by('device-choices'));
    const box = make('input', label, '', { type: 'checkbox', name: 'devices', value: name });
    box.checked = devices.length === 0 || devices.includes(name);
    label.append(` ${name}`);
  }
  const value = sizes === Infinity ? 'all' : String(sizes);
  const select = by<HTMLSelectElement>('sizes');
  if (![...select.options].some((option) => option.value === value)) make('option', select, value, { value });
  select.value = value;
}
