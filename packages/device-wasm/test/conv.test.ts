import { beforeEach, expect, test } from '@jest/globals';
import { Arena, worst } from './arena';

const arena = new Arena();
const call = arena.exports as Record<string, (...args: number[]) => number>;
beforeEach(() => arena.reset());

/** Batch, height, width, groups, channels per group in and out, kernel, stride, padding, dilation (rows, columns). */
type Case = readonly [number, number, number, number, number, number, ...number[]];
const cases: Case[] = [
  [1, 8, 8, 1, 3, 8, 3, 3, 2, 2, 1, 1, 1, 1],
  [2, 7, 5, 1, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1],
  [2, 6, 21, 1, 3, 9, 5, 5, 2, 2, 2, 2, 1, 1],
  [2, 9, 9, 1, 8, 4, 3, 3, 1, 1, 2, 1, 2, 1],
  [1, 1, 9, 1, 8, 4, 3, 3, 1, 1, 3, 1, 1, 1],
  [1, 4, 5, 1, 120, 3, 3, 3, 1, 1, 1, 1, 1, 1],
  [1, 9, 9, 2, 3, 5, 3, 5, 1, 2, 2, 3, 2, 1],
  [1, 5, 5, 1, 16, 24, 1, 1, 2, 2, 0, 0, 1, 1],
  [1, 6, 60, 1, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1],
  [1, 2, 2, 1, 5, 7, 5, 5, 1, 1, 2, 2, 1, 1],
  [2, 4, 4, 8, 1, 1, 7, 7, 1, 1, 3, 3, 1, 1],
  [1, 6, 7, 5, 1, 1, 3, 3, 2, 1, 0, 1, 1, 2],
  [1, 9, 8, 19, 1, 1, 5, 5, 1, 1, 2, 2, 1, 1],
  [1, 3, 3, 33, 1, 1, 3, 3, 2, 2, 1, 1, 1, 1],
  [1, 11, 23, 16, 1, 1, 3, 3, 1, 1, 1, 1, 1, 1],
  [1, 12, 23, 3, 1, 1, 5, 5, 2, 2, 2, 2, 1, 1],
  [1, 12, 23, 4, 1, 1, 3, 3, 3, 3, 5, 5, 1, 1],
];

function setUp([batch, h, w, groups, cin, n, kh, kw, sy, sx, py, px, dy, dx]: Case) {
  const [ho, wo] = [
    Math.floor((h + 2 * py! - dy! * (kh! - 1) - 1) / sy!) + 1,
    Math.floor((w + 2 * px! - dx! * (kw! - 1) - 1) / sx!) + 1,
  ];
  const channels = groups * cin;
  const outs = groups * n;
  const x = arena.random(batch * h * w * channels);
  const weights = arena.random(outs * cin * kh! * kw!);
  const bias = arena.random(outs);
  const residual = arena.random(batch * ho * wo * outs);
  const f = arena.f32;
  const sums: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < ho; oy++) {
      for (let ox = 0; ox < wo; ox++) {
        for (let o = 0; o < outs; o++) {
          let sum = f[bias / 4 + o]!;
          for (let ky = 0; ky < kh!; ky++) {
            for (let kx = 0; kx < kw!; kx++) {
              const [iy, ix] = [oy * sy! - py! + ky * dy!, ox * sx! - px! + kx * dx!];
              if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
              for (let c = 0; c < cin; c++) {
                const at = ((b * h + iy) * w + ix) * channels + Math.floor(o / n) * cin + c;
                sum += f[x / 4 + at]! * f[weights / 4 + ((o * cin + c) * kh! + ky) * kw! + kx]!;
              }
            }
          }
          sums.push(sum);
        }
      }
    }
  }
  const window = [kh, kw, sy, sx, py, px, dy, dx] as number[];
  return { x, weights, bias, residual, sums, ho, wo, channels, outs, window };
}

test.each(cases)('conv, channels last: %j', (...geometry) => {
  const [batch, h, w, groups, cin, n, kh, kw] = geometry as unknown as [number, ...number[]] as number[];
  const { x, weights, bias, residual, sums, ho, wo, window } = setUp(geometry as unknown as Case);
  const wanted = sums.map((sum, i) => Math.max(0, sum + arena.f32[residual / 4 + i]!));
  const panels = Math.ceil(n! / 8) * groups!;
  const packed = arena.alloc(panels * cin! * kh! * kw! * 8);
  call.packConv!(0, panels, n!, cin!, kh! * kw!, weights, packed);
  const slot = Math.ceil((call.convPatches!(wo) * cin! * kh! * kw!) / 4) * 16 + 16;
  for (const grain of [1, 3, batch! * ho]) {
    const y = arena.alloc(sums.length);
    const scratch = arena.alloc((slot / 4) * Math.ceil((batch! * ho) / grain));
    for (let i = 0; i < batch! * ho; i += grain) {
      const head = [
        i,
        Math.min(batch! * ho, i + grain),
        x,
        h!,
        w!,
        cin!,
        groups!,
        packed,
        n!,
        bias,
        residual,
        y,
        ho,
        wo,
      ];
      call.conv!(...head, ...window, 1, scratch, slot, grain);
    }
    expect(worst(arena.read(y, sums.length), wanted)).toBeLessThan(1e-5);
  }
  expect(arena.damage()).toEqual([]);
});

const depthwiseCases = cases.filter((c) => c[4] === 1 && c[5] === 1);

test.each(depthwiseCases)('depthwise, channels last: %j', (...geometry) => {
  const [batch, h, w, , , , kh, kw] = geometry as unknown as number[];
  const { x, weights, bias, residual, sums, ho, wo, channels, window } = setUp(geometry as unknown as Case);
  const taps = arena.alloc(channels * kh! * kw!);
  call.packDepthwise!(0, channels, channels, kh! * kw!, weights, taps);
  const pixel = channels * 4;
  const map = (rows: number, columns: number) => [rows * columns * pixel, columns * pixel, pixel, rows, columns];
  for (const r of [0, residual]) {
    const y = arena.alloc(sums.length);
    const tail = [r, taps, bias, ...window, 1];
    for (let i = 0; i < batch! * ho; i += 2) {
      call.depthwise!(i, Math.min(i + 2, batch! * ho), x, ...map(h!, w!), channels, y, ...map(ho, wo), ...tail);
    }
    const wanted = sums.map((sum, i) => Math.max(0, sum + (r ? arena.f32[r / 4 + i]! : 0)));
    expect(worst(arena.read(y, sums.length), wanted)).toBeLessThan(1e-5);
  }
  expect(arena.damage()).toEqual([]);
});

test('a window of a larger map is convolved where it lies', () => {
  const [side, window, channels] = [8, 3, 6];
  const x = arena.random(side * side * channels * 2);
  const taps = arena.random(9 * channels);
  const y = arena.alloc(window * window * channels);
  const pixel = channels * 8;
  const start = x + (2 * side + 3) * pixel + channels * 4;
  const to = [window * window * channels * 4, window * channels * 4, channels * 4, window, window];
  const same = [3, 3, 1, 1, 1, 1, 1, 1];
  call.depthwise!(0, window, start, 0, side * pixel, pixel, window, window, channels, y, ...to, 0, taps, 0, ...same, 0);
  const f = arena.f32;
  const wanted: number[] = [];
  for (let i = 0; i < window * window; i++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let t = 0; t < 9; t++) {
        const [iy, ix] = [Math.floor(i / window) - 1 + Math.floor(t / 3), (i % window) - 1 + (t % 3)];
        if (iy < 0 || ix < 0 || iy >= window || ix >= window) continue;
        sum += f[(start + iy * side * pixel + ix * pixel) / 4 + c]! * f[taps / 4 + t * channels + c]!;
      }
      wanted.push(sum);
    }
  }
  expect(worst(arena.read(y, wanted.length), wanted)).toBeLessThan(1e-5);
});

test('gateRows multiplies each image by its own gate', () => {
  const [images, pixels, channels] = [2, 3, 7];
  const x = arena.random(images * pixels * channels);
  const gate = arena.random(images * channels);
  const y = arena.alloc(images * pixels * channels);
  call.gateRows!(0, images * pixels, x, gate, y, pixels, channels);
  const g = arena.read(gate, images * channels);
  const at = (i: number) => Math.floor(i / (pixels * channels)) * channels + (i % channels);
  const wanted = arena.read(x, images * pixels * channels).map((v, i) => v * g[at(i)]!);
  expect(arena.read(y, wanted.length)).toEqual(wanted);
  expect(arena.damage()).toEqual([]);
});
