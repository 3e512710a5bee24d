// Copies and fills of short runs: a call into the engine's memory.copy costs more than a few vectors.

export function copyBytes(to: usize, from: usize, count: usize): void {
  if (count >= 512) {
    memory.copy(to, from, count);
    return;
  }
  let i: usize = 0;
  for (; i + 16 <= count; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i + 4 <= count; i += 4) store<u32>(to + i, load<u32>(from + i));
  for (; i < count; i++) store<u8>(to + i, load<u8>(from + i));
}

/** `count` times the four bytes of `value`. */
export function fillWords(to: usize, value: u32, count: usize): void {
  const v = i32x4.splat(value);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) v128.store(to + (i << 2), v);
  for (; i < count; i++) store<u32>(to + (i << 2), value);
}
