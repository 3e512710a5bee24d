const UNITS = ['', ' k', ' M', ' G', ' T'];

/** 2349436 → `2.35 M`. */
export function short(value: number | undefined): string {
  if (value === undefined) return '–';
  let unit = 0;
  let scaled = value;
  for (; Math.abs(scaled) >= 999.5 && unit < UNITS.length - 1; unit++) scaled /= 1000;
  return unit === 0 ? String(Math.round(scaled * 100) / 100) : `${scaled.toPrecision(3)}${UNITS[unit]}`;
}

/** 4833976 → `4.83 MB`, in powers of ten. */
export const bytes = (value: number): string => `${short(value)}${value >= 999.5 ? '' : ' '}B`;

/** A duration in the unit that reads best. */
export const milliseconds = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toPrecision(3)} s` : `${value.toPrecision(3)} ms`;
