// A compute shader as data: what it binds, its parameters and its body. Kernels write bodies; the frame around them is made here.
import type { WgslFunction } from '../wgsl/functions';
import { withNeeds } from '../wgsl/functions';
import { found } from '../wgsl/library';

type Element = 'f32' | 'i32' | 'u32' | 'vec4f';

/** One shader. Bodies see the bound buffers and `p`, the parameters, by name. */
export interface Program {
  /** Buffers that are read, in binding order: name and element. */
  readonly ins: readonly (readonly [name: string, element: Element])[];
  /** Buffers that are written (and may be read back). */
  readonly outs: readonly (readonly [name: string, element: Element])[];
  /** Names of parameters; `name:f32` and `name:i32` for other types than u32. */
  readonly params: readonly string[];
  /** Functions that the body calls; those of the library by name, such as `expf`. */
  readonly uses?: readonly (WgslFunction | string)[];
  /** Declarations before `main`: functions, workgroup memory. */
  readonly declare?: string;
  /**
   * `elements` (default): one invocation per index `i` below the parameter `total`, which is added. `groups`: one workgroup per `group` below
   * `total`, with `lane` in it. `grid`: `wg` is the workgroup's position in three dimensions, `lane` the invocation in it.
   */
  readonly kind?: 'elements' | 'groups' | 'grid';
  /** Invocations per workgroup; default 64. */
  readonly lanes?: number;
  readonly body: string;
}

export type ParamType = 'u32' | 'i32' | 'f32';

/** Types of the parameters in order, with the added ones. */
export function paramsOf(program: Program): { name: string; type: ParamType }[] {
  const added = program.kind === 'grid' ? [] : ['total', 'width'];
  return [...added, ...program.params].map((text) => {
    const [name, type = 'u32'] = text.split(':') as [string, ParamType?];
    return { name, type };
  });
}

/** The text that the driver compiles, with subgroups where a function has a use for them and the adapter has them. */
export function wgslOf(program: Program, subgroups = false): string {
  const { ins, outs, kind = 'elements', lanes = 64, declare = '', uses = [] } = program;
  const bind = ([name, element]: readonly [string, Element], i: number, access: string) =>
    `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${element}>;`;
  const buffers = [
    ...ins.map((x, i) => bind(x, i, 'read')),
    ...outs.map((x, i) => bind(x, ins.length + i, 'read_write')),
  ];
  const fields = paramsOf(program).map(({ name, type }) => `${name}: ${type}`);
  const start = {
    elements: `let i = (wg.y * p.width + wg.x) * ${lanes}u + lane;\n  if (i >= p.total) { return; }`,
    groups: 'let group = wg.y * p.width + wg.x;\n  if (group >= p.total) { return; }',
    grid: '',
  }[kind];
  const functions = withNeeds(uses.map(found));
  const grouped = subgroups && functions.some((f) => f.bySubgroup !== undefined);
  const texts = functions.map((f) => (subgroups && f.bySubgroup) || f.text);
  return `${grouped ? 'enable subgroups;' : ''}
${buffers.join('\n')}
struct Params { ${fields.join(', ')} }
@group(0) @binding(${ins.length + outs.length}) var<uniform> p: Params;
${texts.join('\n')}
${declare}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) lane: u32) {
  ${start}
  ${program.body}
}
`;
}
