// Packing of B into panels `[ceil(n/8)][k][8]`: the micro-kernel then reads one stream, and nothing needs a column remainder.
// Missing columns of the last panel are zeros. Bytes needed: ceil(n/8)·k·32.

/** Panels written side by side: reading longer stretches of each row wastes less of every cache line and page. */
const TOGETHER: i32 = 8;

/** Panels [begin, end) of B given as rows `[k][n]`, `ldb` bytes apart. Reads only inside B. */
export function packRows(begin: i32, end: i32, n: i32, k: i32, b: usize, ldb: usize, out: usize): void {
  const panel = <usize>k << 5;
  const whole = min(end, n >> 3);
  for (let p = begin; p < whole; p += TOGETHER) {
    const count = min(TOGETHER, whole - p);
    const from = b + (<usize>p << 5);
    const to = out + <usize>p * panel;
    for (let i = 0; i < k; i++) {
      let q = from + <usize>i * ldb;
      let t = to + (<usize>i << 5);
      for (let j = count; j > 0; j--) {
        v128.store(t, v128.load(q));
        v128.store(t, v128.load(q, 16), 16);
        q += 32;
        t += panel;
      }
    }
  }
  if (whole < end) {
    const cols = n & 7;
    for (let i = 0; i < k; i++) {
      const from = b + (<usize>whole << 5) + <usize>i * ldb;
      const to = out + <usize>whole * panel + (<usize>i << 5);
      for (let j = 0; j < 8; j++) store<f32>(to + (<usize>j << 2), j < cols ? load<f32>(from + (<usize>j << 2)) : 0);
    }
  }
}

/** Panels [begin, end) of B given transposed, as rows `[n][k]`, `ldb` bytes apart: the layout of linear and 1×1 weights. */
export function packColumns(begin: i32, end: i32, n: i32, k: i32, b: usize, ldb: usize, out: usize): void {
  for (let p = begin; p < end; p++) {
    const to = out + ((<usize>p * <usize>k) << 5);
    const cols = n - (p << 3);
    for (let half = 0; half < 8; half += 4) {
      const from = b + <usize>((p << 3) + half) * ldb;
      packFour(min(cols - half, 4), k, from, ldb, to + (<usize>half << 2));
    }
  }
}

/** Four columns of a panel; `cols` of them exist, perhaps none. */
export function packFour(cols: i32, k: i32, from: usize, ldb: usize, to: usize): void {
  let i = 0;
  if (cols == 4) {
    for (; i + 4 <= k; i += 4) {
      const a = v128.load(from);
      const b = v128.load(from + ldb);
      const c = v128.load(from + 2 * ldb);
      const d = v128.load(from + 3 * ldb);
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(ab0, cd0, 0, 2));
      v128.store(to, v128.shuffle<i64>(ab0, cd0, 1, 3), 32);
      v128.store(to, v128.shuffle<i64>(ab1, cd1, 0, 2), 64);
      v128.store(to, v128.shuffle<i64>(ab1, cd1, 1, 3), 96);
      from += 16;
      to += 128;
    }
  }
  for (; i < k; i++) {
    for (let j = 0; j < 4; j++) store<f32>(to + (<usize>j << 2), j < cols ? load<f32>(from + <usize>j * ldb) : 0);
    from += 4;
    to += 32;
  }
}

/**
 * Panels [begin, end) of a convolution's weights `[groups·n][cin][taps]`, k = taps·cin with the tap outermost, which is the order of
 * the channels-last patches. Every group has ceil(n/8) panels of its own.
 */
export function packConv(begin: i32, end: i32, n: i32, cin: i32, taps: i32, w: usize, out: usize): void {
  const k = cin * taps;
  const perGroup = (n + 7) >> 3;
  for (let q = begin; q < end; q++) {
    const group = q / perGroup;
    const first = (q - group * perGroup) << 3;
    const cols = n - first;
    const from = w + ((<usize>(group * n + first) * <usize>k) << 2);
    let to = out + ((<usize>q * <usize>k) << 5);
    for (let t = 0; t < taps; t++) {
      for (let c = 0; c < cin; c++) {
        const at = from + (<usize>(c * taps + t) << 2);
        for (let j = 0; j < 8; j++) {
          store<f32>(to + (<usize>j << 2), j < cols ? load<f32>(at + ((<usize>j * <usize>k) << 2)) : 0);
        }
        to += 32;
      }
    }
  }
}
