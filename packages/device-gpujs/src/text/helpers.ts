/**
 * Functions that kernel texts may call in every mode. They hold to what graphics cards promise: no division is exact there, not even of
 * whole numbers, and `exp(x) - 1` near 0 or `pow` of a negative base are worse. What is not a number is told by `x == x` being false: to
 * WebGPU, `x != x` is never true.
 */
const TEXTS: Readonly<Record<string, string>> = {
  // The estimate can be one off on a card; the remainder, which is exact below 2²⁴, tells.
  quotient: `function quotient(a, b) {
    let q = Math.floor(a / b);
    const r = a - q * b;
    if (r < 0) { q = q - 1; }
    if (r >= b) { q = q + 1; }
    return q;
  }`,
  remainder: `function remainder(a, b) {
    return a - quotient(a, b) * b;
  }`,
  // A card's own exp may be off by 3 + 2|x| units in the last place. x less k halvings of ln 2, in two parts, then Taylor's series; 2 to the k
  // in two factors, since one alone may not be a number. What is not a number stays so.
  exponential: `function exponential(x) {
    if (x == x) {
      if (x > 89) { return Math.exp(x); }
      if (x < -104) { return 0; }
      const k = Math.floor(x * 1.4426950408889634 + 0.5);
      const r = x - k * 0.693145751953125 - k * 0.0000014286068203094173;
      const tail = r * (0.041666666667 + r * (0.0083333333333 + r * (0.0013888888889 + r * 0.00019841269841)));
      const half = Math.floor(k * 0.5);
      return (1 + r * (1 + r * (0.5 + r * (0.16666666667 + tail)))) * powerOfTwo(half) * powerOfTwo(k - half);
    }
    return x;
  }`,
  // Exact, by squaring; |k| below 128.
  powerOfTwo: `function powerOfTwo(k) {
    let n = Math.abs(k);
    let square = 2;
    if (k < 0) { square = 0.5; }
    let y = 1;
    for (let i = 0; i < 7; i++) {
      const rest = Math.floor(n * 0.5);
      if (n - 2 * rest > 0.5) { y = y * square; }
      n = rest;
      if (n > 0) { square = square * square; }
    }
    return y;
  }`,
  // A card's log may make a number of what is none, as of log(0).
  logarithm: `function logarithm(x) {
    if (x == 0) { return -1 / Math.abs(x); }
    if (x > 0) { return Math.log(x); }
    return Math.sqrt(x);
  }`,
  // Cards promise no more than 2⁻¹¹ of a sine. The angle less q quarter turns, π/2 in three parts so that nothing cancels, then
  // polynomials. Beyond 12,800 the parts no longer suffice, and the device's own function answers.
  sine: `function sine(x) {
    if (Math.abs(x) > 12800) { return Math.sin(x); }
    const q = Math.floor(x * 0.6366197723675814 + 0.5);
    return quarterTurns(q, x - q * 1.5703125 - q * 0.0004837512969970703 - q * 0.00000007549789948768648);
  }`,
  cosine: `function cosine(x) {
    if (Math.abs(x) > 12800) { return Math.cos(x); }
    const q = Math.floor(x * 0.6366197723675814 + 0.5);
    return quarterTurns(q + 1, x - q * 1.5703125 - q * 0.0004837512969970703 - q * 0.00000007549789948768648);
  }`,
  // sin(r + q·π/2) for |r| ≤ π/4.
  quarterTurns: `function quarterTurns(q, r) {
    const s = r * r;
    const sin = r * (1 - s * (0.16666666667 - s * (0.0083333333 - s * (0.00019841270 - s * 0.0000027557319))));
    const cos = 1 - s * (0.5 - s * (0.041666666667 - s * (0.0013888888889 - s * (0.000024801587 - s * 0.00000027557))));
    const turn = q - 4 * Math.floor(q / 4);
    if (turn == 0) { return sin; }
    if (turn == 1) { return cos; }
    if (turn == 2) { return -sin; }
    if (turn == 3) { return -cos; }
    return r;
  }`,
  // Taylor's series where exp(x) - 1 would cancel.
  expMinusOne: `function expMinusOne(x) {
    if (x > 0.3) { return exponential(x) - 1; }
    if (x < -0.3) { return exponential(x) - 1; }
    return x * (1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + (x / 6) * (1 + x / 7))))));
  }`,
  // log(1 + x) = 2 artanh(x / (2 + x)), whose series needs few terms up to 1: there 1 + x would lose half a bit of x, or more.
  logOnePlus: `function logOnePlus(x) {
    if (x > 1) { return logarithm(1 + x); }
    if (x < -0.5) { return logarithm(1 + x); }
    const z = x / (2 + x);
    const s = z * z;
    const tail = s * (0.0909090909 + s * (0.0769230769 + s * (0.0666666667 + s * 0.0588235294)));
    return 2 * z * (1 + s * (0.33333333333 + s * (0.2 + s * (0.142857142857 + s * (0.1111111111 + tail)))));
  }`,
  // Maclaurin's series below 1; above, Abramowitz and Stegun's formula 7.1.26, whose error is 1.5e-7.
  errorFunction: `function errorFunction(x) {
    let a = x;
    if (x < 0) { a = -x; }
    const s = x * x;
    if (a < 1) {
      const tail = s * (0.0046296296 - s * (0.00075757576 - s * (0.00010683761 - s * (0.0000132275 - s * 0.0000014589))));
      return 1.1283791671 * x * (1 - s * (0.33333333333 - s * (0.1 - s * (0.02380952381 - tail))));
    }
    const t = 1 / (1 + 0.3275911 * a);
    const p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    let y = 1;
    if (a < 9) { y = 1 - p * exponential(-s); }
    if (x < 0) { return -y; }
    if (x >= 1) { return y; }
    return x;
  }`,
  // Cubic convolution with a = -0.75, at the distance x of a neighbour.
  cubic: `function cubic(x) {
    const d = Math.abs(x);
    if (d <= 1) { return (1.25 * d - 2.25) * d * d + 1; }
    if (d < 2) { return (((d - 5) * d + 8) * d - 4) * -0.75; }
    return 0;
  }`,
  logistic: `function logistic(x) {
    if (x < 0) {
      const e = exponential(x);
      return e / (1 + e);
    }
    return 1 / (1 + exponential(-x));
  }`,
  // Comparisons written so that what is not a number stays so.
  rectified: `function rectified(x) {
    if (x < 0) { return 0; }
    return x;
  }`,
  // Whether a new element takes the place of the largest so far; what is not a number counts as larger than all, the first of them most.
  outranks: `function outranks(x, best) {
    if (best == best) {
      if (x <= best) { return 0; }
      return 1;
    }
    return 0;
  }`,
  signOf: `function signOf(x) {
    if (x > 0) { return 1; }
    if (x < 0) { return -1; }
    return x;
  }`,
  hardLogistic: `function hardLogistic(x) {
    if (x < -3) { return 0; }
    if (x > 3) { return 1; }
    return (x + 3) / 6;
  }`,
  // tanh of a card may overflow where the result has long been 1.
  hyperbolicTangent: `function hyperbolicTangent(x) {
    if (x > 10) { return 1; }
    if (x < -10) { return -1; }
    return Math.tanh(x);
  }`,
  // Halves go to the even neighbour.
  nearestEven: `function nearestEven(x) {
    const down = Math.floor(x);
    const rest = x - down;
    if (rest < 0.5) { return down; }
    if (rest > 0.5) { return down + 1; }
    if (down - 2 * Math.floor(down / 2) == 0) { return down; }
    return down + 1;
  }`,
  // C's pow; a card's knows positive bases only.
  power: `function power(a, b) {
    if (b == 0) { return 1; }
    if (a == 1) { return 1; }
    let known = 0;
    if (a == a) { if (b == b) { known = 1; } }
    if (known == 0) { return a + b; }
    if (a == 0) {
      const odd = b - 2 * Math.floor(b / 2) == 1 ? 1 : 0;
      if (b > 0) { return odd == 1 ? a : 0; }
      return odd == 1 ? 1 / a : 1 / Math.abs(a);
    }
    if (a < 0) {
      let m = 1;
      if (a < -1) { m = Math.pow(-a, b); }
      if (a > -1) { m = Math.pow(-a, b); }
      if (Math.floor(b) == b) {
        if (b - 2 * Math.floor(b / 2) == 1) { return -m; }
        return m;
      }
      if (a * 0.5 == a) { return m; }
      return Math.sqrt(a);
    }
    return Math.pow(a, b);
  }`,
};

/** As gpu.js takes them; types are stated because it would otherwise take them from the first call that it meets. */
export const helpers: readonly object[] = Object.entries(TEXTS).map(([name, source]) => {
  const parameters = /\(([^)]*)\)/.exec(source)![1]!.split(', ');
  const argumentTypes = Object.fromEntries(parameters.map((parameter) => [parameter, 'Number']));
  return { name, source, settings: { argumentTypes, returnType: 'Number' } };
});
