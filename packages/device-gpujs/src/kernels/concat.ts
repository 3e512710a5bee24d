import { axis, concat as concatOp, defineKernel, type Arg } from '@paperzoo/core';
import type { GpuContext } from '../context';
import type { Slot } from '../slot';

/** Inputs of one launch; devices bind few buffers at a time. */
const AT_ONCE = 4;

/** Rows of the result are a row of each input, one after another. More inputs than fit are joined in groups first. */
const concat = defineKernel<Slot, GpuContext>(concatOp, {
  id: 'concat/gpujs',
  device: 'gpujs',
  dtypes: 'any',
  run(context, ins, [out], { dim: d }: { dim: number }) {
    const dim = axis('concat', out!.shape.length, d);
    const width = ({ shape }: Arg<Slot>) => shape.slice(dim).reduce((a, b) => a * b, 1);
    const rows = out!.shape.slice(0, dim).reduce((a, b) => a * b, 1);
    // An input without elements adds nothing.
    const parts = ins.filter((x) => x !== undefined && x.size > 0).map((x) => ({ slot: x!.buffer, width: width(x!) }));
    join(context, out!.buffer, rows, parts);
  },
});

interface Part {
  readonly slot: Slot;
  readonly width: number;
}

function join(context: GpuContext, out: Slot, rows: number, parts: readonly Part[]): void {
  if (parts.length > AT_ONCE) {
    const size = Math.ceil(parts.length / AT_ONCE);
    const groups = Array.from({ length: Math.ceil(parts.length / size) }, (_, i) =>
      parts.slice(i * size, (i + 1) * size),
    );
    const joined = groups.map((group): Part => {
      if (group.length === 1) return group[0]!;
      const width = group.reduce((sum, part) => sum + part.width, 0);
      const slot = context.scratch(rows * width);
      join(context, slot, rows, group);
      return { slot, width };
    });
    join(context, out, rows, joined);
    return;
  }
  const constants: Record<string, number> = { width: parts.reduce((sum, part) => sum + part.width, 0) };
  const choices = parts.map(({ width }, i) => {
    constants[`w${i}`] = width;
    return `
    if (at < this.constants.w${i}) { return x${i}[row * this.constants.w${i} + at]; }
    at = at - this.constants.w${i};`;
  });
  const source = /* js */ `function (${parts.map((_, i) => `x${i}`).join(', ')}) {
    const row = quotient(this.thread.x, this.constants.width);
    let at = this.thread.x - row * this.constants.width;${choices.join('')}
    return 0;
  }`;
  context.launch(
    out,
    parts.map(({ slot }) => slot),
    { source, constants },
  );
}

export const concatKernels = [concat];
