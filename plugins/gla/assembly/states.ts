import { packColumns } from '../../../packages/device-wasm/assembly/gemm-pack';

// A state, transposed, in panels over the key channels: `[padded/8][V][8]`.

/** From rows `[K][V]`, or zeros when `from` is 0; channels from K on are zeros. */
export function toPanels(K: i32, V: i32, from: usize, to: usize): void {
  const panels = (K + 7) >> 3;
  if (from) packColumns(0, panels, K, V, from, <usize>V << 2, to);
  else memory.fill(to, 0, <usize>(panels * V) << 5);
}

/** Back to rows `[K][V]`. */
export function toRows(K: i32, V: i32, from: usize, to: usize): void {
  for (let d = 0; d < K; d++) {
    let p = from + (<usize>((d >> 3) * V) << 5) + (<usize>(d & 7) << 2);
    for (let j = 0; j < V; j++) {
      store<f32>(to, load<f32>(p));
      p += 32;
      to += 4;
    }
  }
}

/** Multiplies channel d by factors[d]. */
export function scale(padded: i32, V: i32, state: usize, factors: usize): void {
  for (let d = 0; d < padded; d += 8) {
    const f0 = v128.load(factors + (<usize>d << 2)), f1 = v128.load(factors + (<usize>d << 2), 16);
    for (const end = state + (<usize>V << 5); state < end; state += 32) {
      v128.store(state, f32x4.mul(v128.load(state), f0));
      v128.store(state, f32x4.mul(v128.load(state, 16), f1), 16);
    }
  }
}

/** out[d] ← Σ over v of a ⊙ b. */
export function inner(padded: i32, V: i32, a: usize, b: usize, out: usize): void {
  for (let d = 0; d < padded; d += 8) {
    let x0 = f32x4.splat(0), x1 = x0;
    for (const end = a + (<usize>V << 5); a < end; a += 32) {
      x0 = f32x4.add(x0, f32x4.mul(v128.load(a), v128.load(b)));
      x1 = f32x4.add(x1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
      b += 32;
    }
    v128.store(out + (<usize>d << 2), x0);
    v128.store(out + (<usize>d << 2), x1, 16);
  }
}

/** Panels over V, `[whole/8][padded][8]`; columns from V on are zeros. */
export function turn(padded: i32, V: i32, from: usize, to: usize): void {
  const panel = <usize>padded << 5;
  for (let d = 0; d < padded; d += 4) {
    let p = from + (<usize>((d >> 3) * V) << 5) + (<usize>(d & 4) << 2);
    const q = to + (<usize>d << 5);
    let j = 0;
    for (; j + 4 <= V; j += 4) {
      const a = v128.load(p), b = v128.load(p, 32), c = v128.load(p, 64), e = v128.load(p, 96);
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const ce0 = v128.shuffle<i32>(c, e, 0, 4, 1, 5);
      const ce1 = v128.shuffle<i32>(c, e, 2, 6, 3, 7);
      const t = q + <usize>(j >> 3) * panel + (<usize>(j & 4) << 2);
      v128.store(t, v128.shuffle<i64>(ab0, ce0, 0, 2));
      v128.store(t, v128.shuffle<i64>(ab0, ce0, 1, 3), 32);
      v128.store(t, v128.shuffle<i64>(ab1, ce1, 0, 2), 64);
      v128.store(t, v128.shuffle<i64>(ab1, ce1, 1, 3), 96);
      p += 128;
    }
    for (const end = (V + 7) & ~7; j < end; j++) {
      for (let i = 0; i < 4; i++) {
        const t = q + <usize>(j >> 3) * panel + (<usize>(i * 8 + (j & 7)) << 2);
        store<f32>(t, j < V ? load<f32>(p + (<usize>i << 2)) : 0);
      }
      p += 32;
    }
  }
}
