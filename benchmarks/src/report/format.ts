/** Three significant digits, without exponents: 0.0123, 1.23, 12.3, 1234. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(6, Math.max(0, 2 - magnitude)));
}

/** A duration in the unit that suits it. */
export function duration(ms: number): string {
  if (ms < 0.1) return `${digits(ms * 1000)} µs`;
  return ms < 10_000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

/** How many times. */
export const times = (ratio: number): string => `${ratio.toFixed(2)}×`;

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** A number with its unit. */
export const measure = (value: number, unit: string): string =>
  unit === '×' ? times(value) : `${digits(value)} ${unit}`;

/** Makes text safe inside HTML, attributes included. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
