// Compiled programs by key, and the bind groups that were made for them.
import { DeviceError } from '@paperzoo/core';
import { COMPUTE_STAGE } from './constants';
import type { Block } from './pool';
import { paramsOf, wgslOf, type ParamType, type Program } from './program';

export interface Pipeline {
  readonly key: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly types: readonly ParamType[];
  /** Elements that a workgroup takes; 0 where the caller counts workgroups itself. */
  readonly perGroup: number;
}

/** Bind groups kept; a training step of a large model has some thousands. */
const MOST_GROUPS = 8192;

export class Pipelines {
  private readonly known = new Map<string, Pipeline>();
  private readonly broken = new Map<string, DeviceError>();
  private readonly layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly groupsOf = new Map<number, string[]>();
  /** Programs that were compiled while a call waited. */
  blocking = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly adapter: string,
    private readonly subgroups: boolean,
    private readonly ring: { readonly buffer: GPUBuffer; readonly slot: number },
  ) {}

  has(key: string): boolean {
    return this.known.has(key);
  }

  get(key: string, make: () => Program): Pipeline {
    const known = this.known.get(key);
    if (known) return known;
    const error = this.broken.get(key);
    if (error) throw error;
    const program = make();
    const layout = this.layoutOf(program);
    this.blocking++;
    const pipeline = this.device.createComputePipeline(this.descriptor(key, program, layout.pipeline));
    return this.add(key, program, pipeline, layout.group);
  }

  /** Compiles ahead without blocking. Throws `DeviceError` with the compiler's message. */
  async prepare(programs: readonly (readonly [key: string, program: Program])[]): Promise<void> {
    await Promise.all(
      programs.map(async ([key, program]) => {
        if (this.known.has(key)) return;
        const layout = this.layoutOf(program);
        try {
          // A scope of its own: the compiler's complaint must not be taken for one about the commands being recorded.
          this.device.pushErrorScope('validation');
          const descriptor = this.descriptor(key, program, layout.pipeline);
          this.device.popErrorScope().catch(() => undefined);
          const made = await this.device.createComputePipelineAsync(descriptor);
          if (!this.known.has(key)) this.add(key, program, made, layout.group);
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          const message = `webgpu: the shader ${key} does not compile on ${this.adapter}: ${reason}`;
          const error = new DeviceError(message, { argument: key, got: reason, cause });
          this.broken.set(key, error);
          throw error;
        }
      }),
    );
  }

  private add(key: string, program: Program, pipeline: GPUComputePipeline, layout: GPUBindGroupLayout): Pipeline {
    const types = paramsOf(program).map(({ type }) => type);
    const { kind = 'elements', lanes = 64 } = program;
    const perGroup = { elements: lanes, groups: 1, grid: 0 }[kind];
    const made = { key, pipeline, layout, types, perGroup };
    this.known.set(key, made);
    return made;
  }

  private descriptor(key: string, program: Program, layout: GPUPipelineLayout): GPUComputePipelineDescriptor {
    const module = this.device.createShaderModule({ label: key, code: wgslOf(program, this.subgroups) });
    return { label: key, layout, compute: { module, entryPoint: 'main' } };
  }

  /** Programs with as many inputs and outputs share a layout. */
  private layoutOf({ ins, outs }: Program) {
    const key = `${ins.length}/${outs.length}`;
    const known = this.layouts.get(key);
    if (known) return known;
    const types: GPUBufferBindingType[] = [
      ...ins.map(() => 'read-only-storage' as const),
      ...outs.map(() => 'storage' as const),
    ];
    const group = this.device.createBindGroupLayout({
      entries: [
        ...types.map((type, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type } })),
        {
          binding: types.length,
          visibility: COMPUTE_STAGE,
          buffer: { type: 'uniform', hasDynamicOffset: true },
        },
      ],
    });
    const layout = { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.layouts.set(key, layout);
    return layout;
  }

  /** The bind group of a layout with these buffers. */
  group(layout: GPUBindGroupLayout, count: string, blocks: readonly Block[]): GPUBindGroup {
    const key = `${count}:${blocks.map((block) => block.id).join()}`;
    const known = this.groups.get(key);
    if (known) return known;
    if (this.groups.size >= MOST_GROUPS) this.forgetAll();
    const entries: GPUBindGroupEntry[] = blocks.map(({ buffer }, binding) => ({ binding, resource: { buffer } }));
    entries.push({ binding: blocks.length, resource: { buffer: this.ring.buffer, size: this.ring.slot } });
    const group = this.device.createBindGroup({ layout, entries });
    this.groups.set(key, group);
    for (const { id } of blocks) {
      const keys = this.groupsOf.get(id);
      if (keys) keys.push(key);
      else this.groupsOf.set(id, [key]);
    }
    return group;
  }

  /** Bind groups hold on to their buffers. */
  forget(block: Block): void {
    for (const key of this.groupsOf.get(block.id) ?? []) this.groups.delete(key);
    this.groupsOf.delete(block.id);
  }

  private forgetAll(): void {
    this.groups.clear();
    this.groupsOf.clear();
  }
}
