// One row per op or model, one column per device, one body per plugin whose first row sums it up.
import type { DeviceReport } from '../devices';
import type { Outcome } from '../runner';
import type { Suite } from '../suite';
import { make } from './dom';

/** Checks without a device are computed in float64 alone. */
const FLOAT64 = 'float64';
const WHOLE = 'as a whole';

/** What a reader may look for. */
export type Show = 'all' | 'failed' | 'left out';

class Cell {
  planned = 0;
  passed = 0;
  failed = 0;
  leftOut = 0;

  constructor(readonly element: HTMLTableCellElement) {}

  draw(): void {
    const { planned, passed, failed, leftOut, element } = this;
    const ended = passed + failed;
    const left = leftOut ? `${leftOut} left out` : '';
    element.className = failed ? 'failed' : planned === 0 ? 'none' : ended < planned ? 'waiting' : 'passed';
    const counted = failed ? `✗ ${failed} of ${planned}` : ended < planned ? `${ended} of ${planned}` : `✓ ${planned}`;
    element.textContent = planned ? counted : left ? '' : '–';
    if (left) make('small', element, `${planned ? ' ' : ''}${left}`);
  }
}

interface Row {
  readonly element: HTMLTableRowElement;
  readonly text: string;
  readonly cells: ReadonlyMap<string, Cell>;
}

interface Group {
  readonly head: Row;
  readonly toggle: HTMLButtonElement;
  readonly rows: Map<string, Row>;
  open: boolean;
}

/** The table, told of outcomes one by one. */
export class ResultTable {
  readonly #groups = new Map<string, Group>();
  readonly #columns: readonly string[];
  #text = '';
  #show: Show = 'all';

  constructor(table: HTMLTableElement, suite: Suite, devices: readonly DeviceReport[]) {
    this.#columns = [...devices.map(({ name }) => name), FLOAT64];
    const head = make('tr', make('thead', table, '', { role: 'rowgroup' }), '', { role: 'row' });
    make('th', head, 'op or model', { scope: 'col', role: 'columnheader' });
    for (const { name, here, reason } of devices) {
      const cell = make('th', head, name, { scope: 'col', role: 'columnheader', ...(reason && { title: reason }) });
      if (!here) make('small', cell, ' not here', { class: 'none' });
    }
    make('th', head, FLOAT64, {
      scope: 'col',
      role: 'columnheader',
      title: 'Gradients and manifests, which need no device',
    });
    for (const group of suite.groups) this.#addGroup(table, group);
    for (const { group, device, subject } of suite.entries)
      this.#each(group, subject, device, (cell) => cell.planned++);
    for (const { group, device, subject } of suite.leftOut)
      if (device !== undefined) this.#each(group, subject, device, (cell) => cell.leftOut++);
    for (const { head: first, rows } of this.#groups.values())
      for (const row of [first, ...rows.values()]) for (const cell of row.cells.values()) cell.draw();
  }

  #addGroup(table: HTMLTableElement, name: string): void {
    const body = make('tbody', table, '', { role: 'rowgroup' });
    const element = make('tr', body, '', { class: 'group', role: 'row' });
    const header = make('th', element, '', { scope: 'rowgroup', role: 'rowheader' });
    const toggle = make('button', header, name, { type: 'button', 'aria-expanded': 'true' });
    const head = { element, text: name, cells: this.#cells(element) };
    const group: Group = { head, toggle, rows: new Map(), open: true };
    toggle.addEventListener('click', () => {
      group.open = !group.open;
      toggle.setAttribute('aria-expanded', String(group.open));
      this.#filter();
    });
    this.#groups.set(name, group);
  }

  #cells(row: HTMLTableRowElement): Map<string, Cell> {
    const cell = (device: string) => new Cell(make('td', row, '', { 'data-device': device, role: 'cell' }));
    return new Map(this.#columns.map((device) => [device, cell(device)]));
  }

  /** The cell of a subject and the sum above it; rows come into being as they are named. */
  #each(group: string, subject = WHOLE, device = FLOAT64, change: (cell: Cell) => void): void {
    const known = this.#groups.get(group);
    if (!known) return;
    let row = known.rows.get(subject);
    if (!row) {
      const element = make('tr', known.head.element.parentElement!, '', { role: 'row' });
      make('th', element, subject, { scope: 'row', role: 'rowheader' });
      row = { element, text: `${group} ${subject}`.toLowerCase(), cells: this.#cells(element) };
      known.rows.set(subject, row);
    }
    for (const { cells } of [known.head, row]) change(cells.get(device)!);
  }

  add({ group, subject, device, state }: Outcome): void {
    this.#each(group, subject, device, (cell) => {
      cell[state]++;
      cell.draw();
    });
  }

  /** Shows only rows whose name holds `text`, and of these only such as have what is looked for. */
  filter(text: string, show: Show): void {
    this.#text = text.trim().toLowerCase();
    this.#show = show;
    this.#filter();
  }

  #filter(): void {
    const wanted = ({ text, cells }: Row) => {
      const some = (test: (cell: Cell) => boolean) => [...cells.values()].some(test);
      const state = this.#show === 'all' || some((c) => (this.#show === 'failed' ? c.failed : c.leftOut) > 0);
      return state && text.includes(this.#text);
    };
    for (const { head, rows, open } of this.#groups.values()) {
      const shown = [...rows.values()].filter((row) => {
        const fits = wanted(row);
        row.element.hidden = !fits || !open;
        return fits;
      });
      head.element.hidden = shown.length === 0;
    }
  }
}
