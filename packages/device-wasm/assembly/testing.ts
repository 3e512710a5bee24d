// Functions that the device's own tests call; not part of any kernel.

/** Adds one to each byte of [begin, end), so that a range run twice or not at all shows. */
export function mark(begin: usize, end: usize, ptr: usize): void {
  for (let i = begin; i < end; i++) store<u8>(ptr + i, load<u8>(ptr + i) + 1);
}

/** As `mark`, after spinning for a while: long enough for workers to join. */
export function markSlowly(begin: usize, end: usize, ptr: usize, work: u32): void {
  for (let i = begin; i < end; i++) {
    let x: u32 = 1;
    for (let j: u32 = 0; j < work; j++) x = x * 1664525 + 1013904223;
    store<u8>(ptr + i, load<u8>(ptr + i) + 1 + <u8>(x == 0 ? 1 : 0));
  }
}

/** Traps on every range but the first; the first waits until `flag` is not 0 or the patience is over. */
export function trapAfterFirst(begin: usize, end: usize, patience: u32): void {
  if (begin == 0) {
    let x: u32 = 1;
    for (let j: u32 = 0; j < patience; j++) x = x * 1664525 + 1013904223;
    if (x != 0) return;
  }
  unreachable();
}

export function trap(): void {
  unreachable();
}

/** Reads where no memory is, unless the memory is larger than `ptr`. */
export function peek(ptr: usize): u32 {
  return load<u32>(ptr);
}

export function fill(ptr: usize, value: u8, count: usize): void {
  memory.fill(ptr, value, count);
}
