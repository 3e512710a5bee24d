import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { digits, duration, escape } from '../src/report/format';
import { renderReport } from '../src/report/render';
import { writeResults } from '../src/report/write';
import { result } from './sample-result';

describe('the report', () => {
  let html: string;
  beforeAll(async () => {
    html = await renderReport(result);
  });

  test('is one page that asks for nothing else', () => {
    expect(
      html.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', ''),
    ).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
    expect(html).toMatch(/^<!doctype html>/);
  });

  test('shows every case, library, reason and figure', () => {
    const text = html.replace(/<[^>]+>/g, ' ');
    for (const part of [
      'EfficientViT-M0, 224 pixels, batch 1',
      'GEMM 960',
      'onnxruntime-web',
      '2.50×',
      '80 %',
      '20.4 kB',
      'other 1024',
    ])
      expect(text).toContain(part);
    expect(text).toContain('no checkpoint');
    expect(html).toContain('What &#60;exactly&#62; is timed.');
    expect(html).toContain('runs &#60;no&#62; graphs &#38; &#34;such&#34;');
  });

  test('draws a chart per kind of race, in the colours of the page', () => {
    expect(html.match(/<figure/g)).toHaveLength(3);
    expect(html.match(/<svg/g)).toHaveLength(6);
    expect(html).toContain('var(--series-0)');
    expect(html).not.toMatch(/#0000[0-9a-f]{2}/);
  });

  test('every goal opens into its definition', () => {
    const table = /<table class="goals">.*?<\/table>/s.exec(html)![0];
    expect(table.match(/<details>/g)).toHaveLength(
      result.goals.filter(({ verdict }) => verdict !== 'not measured').length,
    );
    expect(table).not.toContain('<p></p>');
  });

  test('says when the machine was busy, and only then', async () => {
    expect(html).toContain('This machine was busy');
    expect(await renderReport({ ...result, machine: { ...result.machine, loadAtStart: 0.1 } })).not.toContain(
      'was busy',
    );
  });

  test('is the same for the same result', async () => {
    expect(await renderReport(result)).toBe(html);
  });

  test('is written with its data beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paperzoo-report-'));
    try {
      const { json, html: page } = await writeResults(result, join(folder, 'deep'));
      expect(json).toMatch(/2026-01-02T03-04-05-quick\.json$/);
      expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(result);
      expect(readFileSync(page, 'utf8')).toBe(html);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('numbers keep three digits', () => {
  expect([0, 0.01234, 1.2345, 12.345, 1234.5, NaN].map(digits)).toEqual([
    '0.00',
    '0.0123',
    '1.23',
    '12.3',
    '1235',
    '–',
  ]);
  expect([0.0005, 5, 12_345].map(duration)).toEqual(['0.500 µs', '5.00 ms', '12.3 s']);
});

test('escaping leaves nothing that opens a tag or an attribute', () => {
  expect(escape(`<a href="x">'&`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;');
});
