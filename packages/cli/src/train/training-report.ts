import type { History, Point } from './history';

const [WIDTH, HEIGHT, MARGIN] = [900, 360, 48];
/** More points than pixels draw nothing further. */
const MOST_POINTS = 600;

/** A page without scripts or other files: the curves of a run, its figures and its samples. */
export function trainingReport(title: string, facts: Readonly<Record<string, string>>, history: History): string {
  const rows = Object.entries(facts).map(([key, value]) => `<tr><th>${escape(key)}</th><td>${escape(value)}</td></tr>`);
  const samples = history.samples.map(({ step, text }) => `<h3>Step ${step}</h3>\n<pre>${escape(text)}</pre>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
th { text-align: left; padding-right: 1rem; font-weight: 600; }
pre { white-space: pre-wrap; background: #f4f4f4; padding: 1rem; }
svg { width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } pre { background: #262626; } }
</style>
<h1>${escape(title)}</h1>
<table>${rows.join('\n')}</table>
<h2>Loss</h2>
${chart(history)}
${samples.length ? `<h2>Samples</h2>\n${samples.join('\n')}` : ''}
</html>
`;
}

function chart({ training, validation }: History): string {
  const points = [...training, ...validation].filter(({ loss }) => Number.isFinite(loss));
  if (points.length === 0) return '<p>No step was made.</p>';
  const losses = points.map(({ loss }) => loss);
  const [low, high] = [least(losses), -least(losses.map((loss) => -loss))];
  const last = -least(points.map(({ step }) => -step));
  const x = (step: number) => MARGIN + ((WIDTH - 2 * MARGIN) * step) / Math.max(last, 1);
  const y = (loss: number) => HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * (loss - low)) / (high - low || 1);
  const line = (list: readonly Point[]) =>
    thinned(list)
      .map(({ step, loss }) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`)
      .join(' ');
  const label = (at: number, down: number, text: string, anchor: string) =>
    `<text x="${at}" y="${down}" text-anchor="${anchor}" font-size="14" fill="currentColor">${text}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Training and validation loss by step">
<path d="M${MARGIN} ${MARGIN}V${HEIGHT - MARGIN}H${WIDTH - MARGIN}" fill="none" stroke="currentColor"/>
<polyline points="${line(training)}" fill="none" stroke="#4c8bf5" stroke-width="1.5"/>
<polyline points="${line(validation)}" fill="none" stroke="#e8710a" stroke-width="2.5"/>
${label(MARGIN - 6, y(high) + 5, high.toFixed(2), 'end')}
${label(MARGIN - 6, y(low) + 5, low.toFixed(2), 'end')}
${label(WIDTH - MARGIN, HEIGHT - MARGIN + 20, `step ${last}`, 'end')}
${label(MARGIN, MARGIN - 16, 'blue: training; orange: validation', 'start')}
</svg>`;
}

// Not Math.min(...): a run has more points than a call may have arguments.
const least = (values: readonly number[]): number => values.reduce((a, b) => (b < a ? b : a), Infinity);

function thinned(list: readonly Point[]): readonly Point[] {
  const stride = Math.ceil(list.length / MOST_POINTS);
  return list.filter(({ loss }, i) => Number.isFinite(loss) && (i % stride === 0 || i === list.length - 1));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (found) => ENTITIES[found]!);
