import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { launchBrowser, serveProgram, STRICT } from '../../../tools/lib/browser.mjs';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: Awaited<ReturnType<typeof serveProgram>>;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchBrowser(),
    // Minified, as a product would ship it: names and syntax.
    serveProgram(new URL('./browser/program.ts', import.meta.url), {
      pages: { '/': {}, '/strict': STRICT },
      minify: true,
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** What a call of the page's program resolves to. It runs as a task of the page's own, to which the page's policy applies. */
async function inPage<T>(call: string, path = '/'): Promise<T> {
  const page = await browser.context.newPage();
  try {
    await page.goto(site.url + path);
    await page.waitForFunction('typeof runKit === "function"');
    return await page.evaluate<T>(`new Promise((resolve) => setTimeout(resolve, 20)).then(() => ${call})`);
  } finally {
    await page.close();
  }
}

// One each for axes, loops, several launches, integers, lists and special functions: every launch of a new size compiles.
const OPS = ['add', 'sin', 'cast', 'sum', 'argmax', 'cumsum', 'matmul', 'conv2d', 'concat'];
const LONG = 240_000;

test('the page is minified: no kernel may depend on how its source is written', () => {
  expect(site.script).not.toMatch(/\bgpujsKernels\b/);
  expect(site.script).toContain('quotient(this.thread.x, this.constants.N)');
});

describe.each(['webgpu', 'webgl2'] as const)('compiled to %s, in Chromium', (mode) => {
  test(
    'ops keep their contract',
    async () => {
      // Cards take numbers below 1.2e-38 for 0, so extremes of every kind are no part of this contract; the next test has those that are.
      const result = await inPage(`runKit('${mode}', ${JSON.stringify(OPS)}, ['extremes'])`);
      expect(result).toEqual({ passed: expect.any(Number), failures: [] });
      expect((result as { passed: number }).passed).toBeGreaterThan(70);
    },
    LONG,
  );

  test('infinities, and what is not a number, stay what they are', async () => {
    const { NaN: unknown, inf, ...rest } = await inPage<Record<string, string>>(`runExtremes('${mode}')`);
    expect(unknown).toBe('exp NaN, log NaN, add NaN, pow NaN, maximum NaN, relu NaN, sigmoid NaN, ne 1, eq 0');
    expect(inf).toBe('exp Infinity, exp- 0, log Infinity, log0 -Infinity, tanh- -1, softmax 0');
    expect(rest).toEqual({});
  });

  test(
    'EfficientViT-M0 gives the reference device’s logits, twice, and gives all memory back',
    async () => {
      const { error, left, asked, finite } = await inPage<{
        error: number;
        left: object;
        asked: { launches: number }[];
        finite: boolean;
      }>(`runM0('${mode}', 32)`);
      expect(finite).toBe(true);
      expect(error).toBeLessThan(1e-5);
      expect(left).toEqual({ tensors: 0, bytes: 0 });
      // Some six hundred launches, whose results nobody sees but the next: only the logits are read, and nothing is compiled twice.
      const [first, second] = asked;
      expect(second).toEqual({ reads: 1, uploads: 0, compiled: 0, launches: expect.any(Number) });
      expect(second!.launches).toBeGreaterThan(500);
      expect(first).toMatchObject({ reads: 1, compiled: expect.any(Number) });
    },
    LONG,
  );

  test(
    'results stay on the card, memory stays level over a thousand steps, and a lost card rejects reads',
    async () => {
      expect(await inPage(`runDevice('${mode}')`)).toEqual({
        chained: [21, 22, 23, 24],
        reads: 1,
        flat: true,
        sync: mode === 'webgpu' ? 'async-read' : '21,22,23,24',
        lost: 'device-lost',
        again: [2, 3],
      });
    },
    LONG,
  );
});

describe('without a mode', () => {
  test('WebGPU is taken where it is', async () => {
    expect(await inPage('open()')).toBe('webgpu');
  });
});

describe('on a page that forbids code made at run time', () => {
  test.each(['webgpu', 'webgl2', 'webasm'] as const)('%s runs', async (mode) => {
    expect(await inPage(`open('${mode}')`, '/strict')).toBe(mode);
  });

  test('cpu cannot, and says why', async () => {
    expect(await inPage("open('cpu')", '/strict')).toMatch(/^device: gpujs \(cpu\): .*Content-Security-Policy/);
  });
});
