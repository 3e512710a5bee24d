/** The page's whole style: readable at any width, in light and in dark, on paper too. */
export const style = `
:root { color-scheme: light dark; --paper: #fdfdfb; --ink: #1c1e21; --quiet: #5f666f; --line: #dfe2e5; --panel: #f3f4f2; --good: #14713d; --fair: #7a5b00; --bad: #b3261e;
  --series-0: #0b6e69; --series-1: #c2571a; --series-2: #8a6a00; --series-3: #7447b0; --series-4: #7b8794; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181a; --ink: #e7e9ea; --quiet: #9aa3ac; --line: #34393e; --panel: #1f2326; --good: #67c88f; --fair: #d9b44a; --bad: #ff8a80;
  --series-0: #45c4bc; --series-1: #f0965c; --series-2: #d6b541; --series-3: #b794f0; --series-4: #a3adb8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.25rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 44rem; } .quiet, caption, figcaption { color: var(--quiet); } .notice { border-left: 3px solid var(--fair); padding-left: .75rem; }
code { font: .9em ui-monospace, monospace; background: var(--panel); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
a { color: inherit; } th a { text-decoration: underline dotted; text-underline-offset: 3px; } dt:target { background: var(--panel); } .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } th { font-weight: 600; color: var(--quiet); white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; } td.n + td.n:not([data-label]), th.n + th.n { padding-left: .4rem; } tr.ours td { font-weight: 600; } td.reason { color: var(--quiet); }
details > summary { cursor: pointer; } details > summary::marker { color: var(--quiet); } details p, dd { color: var(--quiet); font-weight: 400; } dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0; max-width: 44rem; }
td.verdict { padding-left: 1rem; white-space: nowrap; font-weight: 600; } .aim, .must { color: var(--good); } .must { color: var(--fair); } .missed { color: var(--bad); } .none { color: var(--quiet); font-weight: 400; }
figure { margin: 1rem 0; } figure svg { display: block; width: 100%; height: auto; } .narrow { display: none; }
@media (max-width: 38rem) { .wide { display: none; } .narrow { display: block; } body { font-size: 15px; } table.goals thead { display: none; } table.goals tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1rem; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  table.goals td { border: 0; padding: 0; text-align: left; } table.goals td:first-child { grid-column: 1 / -1; } table.goals td.n[data-label]:not(:empty)::before { content: attr(data-label) ' '; color: var(--quiet); font-weight: 400; } table.goals td.verdict { text-align: right; order: 1; } table.goals td[data-label] { order: 2; font-size: .85rem; } table.goals td[data-label]:last-of-type { text-align: right; } }
@media print { body { max-width: none; } details { display: block; } }
`;
