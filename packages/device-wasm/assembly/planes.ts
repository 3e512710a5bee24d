import { gemmBlock } from './gemm';
import { packFour, packRows } from './gemm-pack';
import { transposeRows } from './gemm-transpose';

// Convolutions see maps as planes `[images][channels][pixels]` or as pixels `[images][pixels][channels]`; matrix products over a whole
// batch want `[channels][images·pixels]` as well. These functions turn one into another.

/** Matrices [begin, end) of `[rows][columns]`, one after the other, transposed. */
export function turnImages(begin: i32, end: i32, from: usize, rows: i32, columns: i32, to: usize): void {
  const bytes = <usize>(rows * columns) << 2;
  for (let i = begin; i < end; i++) {
    const shift = <usize>i * bytes;
    transposeRows(0, columns, from + shift, rows, columns, to + shift);
  }
}

/**
 * Channels [begin, end): planes `[images][channels][h][w]` to `[channels][images][h + 2·py][w + 2·px]`, with zeros around each map.
 * Nothing is written beyond `to`'s own elements.
 */
export function channelsFirst(
  begin: i32, end: i32, x: usize, images: i32, channels: i32, h: i32, w: i32, py: i32, px: i32, to: usize,
): void {
  const plane = <usize>(h * w) << 2;
  const wide = <usize>(w + 2 * px) << 2;
  const padded = <usize>(h + 2 * py) * wide;
  const flat = py == 0 && px == 0;
  for (let c = begin; c < end; c++) {
    let p = x + <usize>c * plane;
    let q = to + <usize>(c * images) * padded;
    for (let i = 0; i < images; i++) {
      if (flat) copyFloats(q, p, h * w);
      else {
        memory.fill(q, 0, padded);
        let inside = q + <usize>py * wide + (<usize>px << 2);
        let line = p;
        for (let y = 0; y < h; y++) {
          copyFloats(inside, line, w);
          inside += wide;
          line += <usize>w << 2;
        }
      }
      p += <usize>channels * plane;
      q += padded;
    }
  }
}

/** Short runs are the rule here, and the engine's own copy takes longer to start than they last. */
@inline
function copyFloats(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(from));
    to += 4;
    from += 4;
  }
}

/**
 * Panels [begin, end) of the product over all pixels of a batch: columns are `n` channels from `first` on, rows the pixels of all images.
 * x: `[images][channels][pixels]`; result as gemm-pack has it, `[ceil(n/8)][images·pixels][8]`.
 */
export function packPlanes(
  begin: i32, end: i32, x: usize, images: i32, channels: i32, pixels: i32, first: i32, n: i32, out: usize,
): void {
  const plane = <usize>pixels << 2;
  const image = <usize>channels * plane;
  const panel = (<usize>images * <usize>pixels) << 5;
  for (let p = begin; p < end; p++) {
    const cols = n - (p << 3);
    let from = x + <usize>(first + (p << 3)) * plane;
    let to = out + <usize>p * panel;
    for (let i = 0; i < images; i++) {
      packFour(min(cols, 4), pixels, from, plane, to);
      packFour(min(cols - 4, 4), pixels, from + 4 * plane, plane, to + 16);
      from += image;
      to += <usize>pixels << 5;
    }
  }
}

/**
 * Images [begin, end) of a 1×1 convolution on planes: y = w·x + bias, w `[n][channels]`, x `[images][channels][pixels]`. scratch: `slot`
 * bytes per `grain` images for the panels of one image; the range that begins at image i uses slot i/grain.
 */
export function pointwisePlanes(
  begin: i32, end: i32, w: usize, n: i32, channels: i32, pixels: i32, x: usize, y: usize, bias: usize,
  scratch: usize, slot: usize, grain: i32,
): void {
  const panels = scratch + <usize>(begin / grain) * slot;
  const count = (pixels + 7) >> 3;
  const row = <usize>pixels << 2;
  for (let i = begin; i < end; i++) {
    packRows(0, count, pixels, channels, x + <usize>(i * channels) * row, row, panels);
    gemmBlock(
      0, n, 0, count, pixels, channels, w, <usize>channels << 2, 0, panels, y + <usize>(i * n) * row, row, 0, 0, bias, 0, 0, 1, 0,
    );
  }
}
