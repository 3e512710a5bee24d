import { describe, expect, test } from '@jest/globals';
import { bytes, milliseconds, short } from '../src/terminal/numbers';
import { describe as describeError } from '../src/terminal/report-error';
import { wrapText } from '../src/terminal/wrap';
import { HubError } from '@paperzoo/core';

describe('wrapText', () => {
  test('breaks between words and keeps short texts', () => {
    expect(wrapText('a bird in the hand', 60)).toEqual(['a bird in the hand']);
    expect(wrapText('a bird in the hand', 10)).toEqual(['a bird in', 'the hand']);
    expect(wrapText('any width will do', Infinity)).toEqual(['any width will do']);
  });

  test('breaks long words after a mark, or anywhere', () => {
    expect(wrapText('see https://example.org/path', 12)).toEqual(['see', 'https://', 'example.org/', 'path']);
    expect(wrapText('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [7, '7'],
    [999.4, '999.4'],
    [999.6, '1.00 k'],
    [2_349_436, '2.35 M'],
    [79_193_600, '79.2 M'],
    [1.5e13, '15.0 T'],
  ])('%d is %s', (value, text) => expect(short(value)).toBe(text));

  test('units', () => {
    expect([short(undefined), bytes(512), bytes(4_833_976)]).toEqual(['–', '512 B', '4.83 MB']);
    expect([milliseconds(12.345), milliseconds(2500)]).toEqual(['12.3 ms', '2.50 s']);
  });
});

describe('errors', () => {
  test('are described by code, message and remedy', () => {
    const error = new HubError('It is not there.', { file: 'x', remedy: 'Look again.', cause: new Error('inner') });
    expect(describeError(error)).toEqual({
      code: 'hub',
      message: 'It is not there.',
      remedy: 'Look again.',
      details: { file: 'x' },
    });
  });

  test('that nobody foresaw are called bugs; the system’s own are passed on', () => {
    expect(describeError(new TypeError('x is not a function\n    at y'))).toMatchObject({
      code: 'internal',
      message: 'TypeError: x is not a function',
    });
    expect(describeError(Object.assign(new Error('EACCES: no'), { code: 'EACCES' }))).toEqual({
      code: 'EACCES',
      message: 'EACCES: no',
    });
    expect(describeError('text')).toEqual({ code: 'unknown', message: 'text' });
  });
});
