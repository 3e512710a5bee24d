import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Colours of the page by role. A chart is drawn with stand-ins, which become the page's own variables. */
export const INK = {
  text: '#00000a',
  quiet: '#00000b',
  grid: '#00000c',
  series: ['#000010', '#000011', '#000012', '#000013', '#000014'],
} as const;

const VARIABLES: Readonly<Record<string, string>> = {
  [INK.text]: 'var(--ink)',
  [INK.quiet]: 'var(--quiet)',
  [INK.grid]: 'var(--line)',
  ...Object.fromEntries(INK.series.map((colour, i) => [colour, `var(--series-${i})`])),
};

const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    ...{ labelColor: INK.text, titleColor: INK.quiet, domainColor: INK.grid, tickColor: INK.grid, gridColor: INK.grid },
    ...{ labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' as const, labelLimit: 260 },
  },
  legend: {
    ...{ labelColor: INK.text, titleColor: INK.quiet, labelFontSize: 12, symbolSize: 90 },
    ...{ orient: 'top' as const, title: null, symbolStrokeWidth: 0 },
  },
};

/** Draws a vega-lite chart as an SVG element that follows the page's colours and width; `label` is for those who cannot see it. */
export async function drawChart(spec: TopLevelSpec, label: string): Promise<string> {
  const view = new View(parse(compile({ ...spec, config: CONFIG } as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg
    .replace(/#0000[0-9a-f]{2}/g, (colour) => VARIABLES[colour] ?? colour)
    .replace(
      /<svg [^>]*?width="(\d+)" height="(\d+)" viewBox="([^"]+)"[^>]*>/,
      (_all, width: string, _h, box: string) =>
        `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="${box}" style="max-width:${width}px">`,
    );
}
