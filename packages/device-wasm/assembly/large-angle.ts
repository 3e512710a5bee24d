// Angles so large that doubles cannot hold how many quarter turns they have. A float is an integer m times 2^e, so its quarter turns are
// m · 2^e · 2/π, and of the binary digits of 2/π only those matter that neither give whole turns nor vanish (Payne and Hanek, 1983).

/** 32 binary digits of 2/π, after 32 zeros; written as code because memory belongs to the host. */
function digits(word: i32): u64 {
  switch (word) {
    case 0: return 0;
    case 1: return 0xa2f9836e;
    case 2: return 0x4e441529;
    case 3: return 0xfc2757d1;
    case 4: return 0xf534ddc0;
    case 5: return 0xdb629599;
    case 6: return 0x3c439041;
    default: return 0xfe5163ab;
  }
}

/** Digits from position `bit` on, 32 of them. */
function window(bit: i32): u64 {
  const word = bit >> 5;
  const pair = (digits(word) << 32) | digits(word + 1);
  return (pair >> (32 - (bit & 31))) & 0xffffffff;
}

/** |x| in units of 2^-62 quarter turns, whole turns left out; for finite |x| ≥ 2^16. */
export function quarterTurns(x: f32): u64 {
  const bits = reinterpret<u32>(x);
  const m: u64 = (bits & 0x7fffff) | 0x800000;
  const e = <i32>((bits >> 23) & 0xff) - 150;
  // Digit p of 2/π weighs 2^(e - p) in the product; from e - 2 on upwards these are whole turns.
  const first = e + 30;
  const top = (window(first) << 32) | window(first + 32);
  return m * top + ((m * window(first + 64)) >> 32);
}
