/** out = x·gate for rows [begin, end) of `[images·pixels][channels]`, gate `[images][channels]`: squeeze-and-excitation's last step. */
export function gateRows(begin: i32, end: i32, x: usize, gate: usize, out: usize, pixels: i32, channels: i32): void {
  const bytes = <usize>channels << 2;
  for (let i = begin; i < end; i++) {
    const shift = <usize>i * bytes;
    const g = gate + <usize>(i / pixels) * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) v128.store(out + shift + c, f32x4.mul(v128.load(x + shift + c), v128.load(g + c)));
    for (; c < bytes; c += 4) store<f32>(out + shift + c, load<f32>(x + shift + c) * load<f32>(g + c));
  }
}
