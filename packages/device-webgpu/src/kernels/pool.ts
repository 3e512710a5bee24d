import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import type { Program } from '../gpu/program';
import { wgslFunction } from '../wgsl/functions';
import { infinity, maximum } from '../wgsl/special';

type Attrs = Parameters<typeof core.poolGeometry>[2];
type Geometry = ReturnType<typeof core.poolGeometry>;

const PARAMS = [
  'inH:i32',
  'inW:i32',
  'outH:i32',
  'outW:i32',
  'kH:i32',
  'kW:i32',
  'sY:i32',
  'sX:i32',
  'pY:i32',
  'pX:i32',
];
const values = (g: Geometry) => [g.inH, g.inW, g.outH, g.outW, g.kH, g.kW, g.strideY, g.strideX, g.padY, g.padX];

const poolProgram = (largest: boolean): Program => ({
  ins: [['xs', 'f32']],
  outs: [['ys', 'f32']],
  params: PARAMS,
  uses: [maximum, infinity],
  body: `let ox = i32(i) % p.outW;
  let oy = (i32(i) / p.outW) % p.outH;
  let plane = i32(i) / (p.outW * p.outH);
  var so = ${largest ? '-infinity()' : '0.0'};
  for (var ky = 0; ky < p.kH; ky++) {
    let y = oy * p.sY - p.pY + ky;
    if (y < 0 || y >= p.inH) { continue; }
    for (var kx = 0; kx < p.kW; kx++) {
      let x = ox * p.sX - p.pX + kx;
      if (x < 0 || x >= p.inW) { continue; }
      let v = xs[u32((plane * p.inH + y) * p.inW + x)];
      so = ${largest ? 'maximum(so, v)' : 'so + v'};
    }
  }
  ys[i] = so${largest ? '' : ' / f32(p.kH * p.kW)'};`,
});

const pools = ([core.maxPool2d, core.avgPool2d] as core.Op[]).map((op) =>
  webgpuKernel<Attrs>(op, {
    run(ctx, [x], [y], attrs) {
      ctx.dispatch(op.name, () => poolProgram(op === core.maxPool2d), {
        ins: [x!.buffer],
        outs: [y!.buffer],
        params: values(core.poolGeometry(op.name, x!, attrs)),
        size: y!.size,
      });
    },
  }),
);

/** Each element asks every window that sees it whether it is the window's first largest. */
const maxGradProgram: Program = {
  ins: [
    ['xs', 'f32'],
    ['tops', 'f32'],
    ['dys', 'f32'],
  ],
  outs: [['dxs', 'f32']],
  params: PARAMS,
  declare: `
fn isFirst(plane: i32, oy: i32, ox: i32, y: i32, x: i32, top: f32) -> bool {
  for (var ky = 0; ky < p.kH; ky++) {
    let v = oy * p.sY - p.pY + ky;
    if (v < 0 || v >= p.inH) { continue; }
    for (var kx = 0; kx < p.kW; kx++) {
      let u = ox * p.sX - p.pX + kx;
      if (u < 0 || u >= p.inW) { continue; }
      if (v == y && u == x) { return true; }
      if (xs[u32((plane * p.inH + v) * p.inW + u)] == top) { return false; }
    }
  }
  return false;
}`,
  body: `let x = i32(i) % p.inW;
  let y = (i32(i) / p.inW) % p.inH;
  let plane = i32(i) / (p.inW * p.inH);
  var so = 0.0;
  for (var oy = max(0, (y + p.pY - p.kH + p.sY) / p.sY); oy <= min(p.outH - 1, (y + p.pY) / p.sY); oy++) {
    for (var ox = max(0, (x + p.pX - p.kW + p.sX) / p.sX); ox <= min(p.outW - 1, (x + p.pX) / p.sX); ox++) {
      let window = u32((plane * p.outH + oy) * p.outW + ox);
      let top = tops[window];
      if (xs[i] == top && isFirst(plane, oy, ox, y, x, top)) { so += dys[window]; }
    }
  }
  dxs[i] = so;`,
};

const maxPool2dGrad = webgpuKernel<Attrs>(core.maxPool2dGrad, {
  run(ctx, [x, top, dy], [dx], attrs) {
    ctx.dispatch('max_pool2d_grad', () => maxGradProgram, {
      ins: [x!.buffer, top!.buffer, dy!.buffer],
      outs: [dx!.buffer],
      params: values(core.poolGeometry('max_pool2d_grad', x!, attrs)),
      size: dx!.size,
    });
  },
});

type Mode = 'nearest' | 'bilinear' | 'bicubic';

/** Keys' cubic with a = -0.75. */
const cubic = wgslFunction(`
fn cubic(t: f32) -> f32 {
  let d = abs(t);
  if (d <= 1.0) { return (1.25 * d - 2.25) * d * d + 1.0; }
  if (d < 2.0) { return (((d - 5.0) * d + 8.0) * d - 4.0) * -0.75; }
  return 0.0;
}`);

/** Where an output position lies among the inputs, as a whole position and what is beyond it, exactly: (2·o + 1)·n / 2m - 1/2. */
const place = wgslFunction(`
fn place(o: i32, n: i32, m: i32) -> vec2f {
  let twice = (2 * o + 1) * n - m;
  let low = (twice - select(0, 2 * m - 1, twice < 0)) / (2 * m);
  return vec2f(f32(low), f32(twice - low * 2 * m) / f32(2 * m));
}`);

const CODE: Readonly<Record<Mode, string>> = {
  nearest: 'so = value(plane, (oy * p.inH) / p.outH, (ox * p.inW) / p.outW);',
  bilinear: `let y = place(oy, p.inH, p.outH); let x = place(ox, p.inW, p.outW);
  for (var j = 0; j < 2; j++) { for (var k = 0; k < 2; k++) {
    so += select(1.0 - y.y, y.y, j == 1) * select(1.0 - x.y, x.y, k == 1) * value(plane, i32(y.x) + j, i32(x.x) + k);
  } }`,
  bicubic: `let y = place(oy, p.inH, p.outH); let x = place(ox, p.inW, p.outW);
  for (var j = -1; j < 3; j++) { for (var k = -1; k < 3; k++) {
    so += cubic(y.y - f32(j)) * cubic(x.y - f32(k)) * value(plane, i32(y.x) + j, i32(x.x) + k);
  } }`,
};

const interpolateProgram = (mode: Mode): Program => ({
  ins: [['xs', 'f32']],
  outs: [['ys', 'f32']],
  params: ['inH:i32', 'inW:i32', 'outH:i32', 'outW:i32'],
  uses: [cubic, place],
  declare: `
fn value(plane: i32, y: i32, x: i32) -> f32 {
  return xs[u32((plane * p.inH + clamp(y, 0, p.inH - 1)) * p.inW + clamp(x, 0, p.inW - 1))];
}`,
  body: `let ox = i32(i) % p.outW;
  let oy = (i32(i) / p.outW) % p.outH;
  let plane = i32(i) / (p.outW * p.outH);
  var so = 0.0;
  ${CODE[mode]}
  ys[i] = so;`,
});

const interpolate = webgpuKernel<{ mode: Mode }>(core.interpolate, {
  run(ctx, [x], [y], { mode }) {
    const sizes = (t: WebgpuArg) => t.shape.slice(2);
    ctx.dispatch(`interpolate/${mode}`, () => interpolateProgram(mode), {
      ins: [x!.buffer],
      outs: [y!.buffer],
      params: [...sizes(x!), ...sizes(y!)],
      size: y!.size,
    });
  },
});

export const poolKernels = [...pools, maxPool2dGrad, interpolate];
