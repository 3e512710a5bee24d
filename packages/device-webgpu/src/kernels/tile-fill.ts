// Bringing a part of a matrix into workgroup memory as vectors of four neighbours across the sum, whichever way it lies in memory.
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

export interface Part {
  /** The workgroup array: `name[k][width / 4]`. */
  readonly name: string;
  /** Rows (or columns) of the part, a multiple of 4, and how much of the sum it holds. */
  readonly width: number;
  readonly depth: number;
  /** Invocations that share the work. */
  readonly lanes: number;
  /** Whether neighbours of the sum or of the width lie beside each other in memory. */
  readonly along: 'depth' | 'width';
  /** The part's first index across and the first that no longer exists; the same of the sum. */
  readonly start: string;
  readonly end: string;
  readonly kStart: string;
  readonly kEnd: string;
  /** An element, or with `quads` the vec4f of four neighbours in memory; both ends are then multiples of 4. */
  load(at: string, k: string): string;
  readonly quads?: boolean;
}

/** WGSL: what lies outside becomes 0. Neighbouring invocations read neighbouring memory. */
export function fill({ name, width, depth, lanes, along, start, end, kStart, kEnd, load, quads }: Part): string {
  const across = width / 4;
  const loop = (blocks: number, body: string) => `
    for (var t = lane; t < ${blocks}u; t += ${lanes}u) {${body}
    }`;
  if (quads && along === 'width') {
    return loop(
      depth * across,
      `
      let kk = t / ${across}u;
      let k = ${kStart} + kk;
      let at = ${start} + (t % ${across}u) * 4u;
      var v = vec4f(0.0);
      if (k < ${kEnd} && at < ${end}) { v = ${load('at', 'k')}; }
      ${name}[t] = v;`,
    );
  }
  if (quads) {
    // Four loads and four stores turn a block of 4 × 4 over.
    return loop(
      (depth / 4) * across,
      `
      let kq = t % ${depth / 4}u;
      let q = t / ${depth / 4}u;
      let k = ${kStart} + kq * 4u;
      ${range(4)
        .map(
          (c) =>
            `var v${c} = vec4f(0.0); { let at = ${start} + q * 4u + ${c}u; if (k < ${kEnd} && at < ${end}) { v${c} = ${load('at', 'k')}; } }`,
        )
        .join('\n      ')}
      ${range(4)
        .map((c) => `${name}[(kq * 4u + ${c}u) * ${across}u + q] = vec4f(v0[${c}], v1[${c}], v2[${c}], v3[${c}]);`)
        .join('\n      ')}`,
    );
  }
  return loop(
    depth * across,
    `
      let kk = ${along === 'width' ? `t / ${across}u` : `t % ${depth}u`};
      let q = ${along === 'width' ? `t % ${across}u` : `t / ${depth}u`};
      let k = ${kStart} + kk;
      var v = vec4f(0.0);
      if (k < ${kEnd}) {
        ${range(4)
          .map((c) => `{ let at = ${start} + q * 4u + ${c}u; if (at < ${end}) { v[${c}] = ${load('at', 'k')}; } }`)
          .join('\n        ')}
      }
      ${name}[kk * ${across}u + q] = v;`,
  );
}
