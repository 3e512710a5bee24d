/// <reference types="@webgpu/types" />
// Finding a graphics adapter, in a page or in Node.
import { DeviceError } from '@paperzoo/core';

/** An adapter's device with what is worth knowing of it. */
export interface OpenedAdapter {
  readonly device: GPUDevice;
  /** Held as long as the device: in Node the adapter lives no longer than what it came from. */
  readonly gpu: GPU;
  /** What people call it, for messages. */
  readonly name: string;
  readonly info: Readonly<Record<string, string | number | boolean>>;
}

/** Everything that kernels could want more of than WebGPU's modest defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
] as const;

/** The page's WebGPU, or in Node the optional package `webgpu`. Throws `DeviceError` that says what is missing. */
async function findGpu(): Promise<GPU> {
  const ours = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (ours) return ours;
  const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
  if (!inNode) {
    throw new DeviceError('webgpu: this browser has no WebGPU (navigator.gpu is missing).', {
      remedy: 'Use a browser that has it and a page served over https or from localhost, or take wasm().',
    });
  }
  try {
    // A variable keeps bundlers from following an import that pages never reach.
    const name = 'webgpu';
    const dawn = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      create(options: string[]): GPU;
    };
    // Rounded clocks protect pages from each other; a program of one's own needs no such protection.
    return dawn.create(['disable-dawn-features=timestamp_quantization']);
  } catch (cause) {
    throw new DeviceError('webgpu: Node has no WebGPU of its own, and the package "webgpu" could not be loaded.', {
      remedy: 'Run `npm install webgpu`, or take wasm().',
      cause,
    });
  }
}

/** Opens an adapter with its own limits. Throws `DeviceError` when there is none or it refuses. */
export async function openAdapter(
  options: GPURequestAdapterOptions,
  { subgroups: wantsSubgroups }: { readonly subgroups: boolean },
): Promise<OpenedAdapter> {
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter(options).catch(() => null);
  if (!adapter) {
    throw new DeviceError('webgpu: no graphics adapter was found.', {
      remedy: 'Check the graphics driver (in Node: a Vulkan, Metal or D3D12 driver), or take wasm().',
    });
  }
  const { vendor, architecture, device: model, description } = adapter.info;
  const name = description || [vendor, architecture, model].filter(Boolean).join(' ') || 'unnamed adapter';
  const has = (feature: GPUFeatureName) => adapter.features.has(feature);
  const timestamps = has('timestamp-query');
  const subgroups = wantsSubgroups && has('subgroups');
  try {
    const device = await adapter.requestDevice({
      label: 'paperzoo',
      requiredFeatures: [
        ...(timestamps ? (['timestamp-query'] as const) : []),
        ...(subgroups ? (['subgroups'] as const) : []),
      ],
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    });
    return {
      device,
      gpu,
      name,
      info: Object.freeze({
        adapter: name,
        vendor,
        architecture,
        software: adapter.info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(architecture + name),
        timestamps,
        shaderF16: has('shader-f16'),
        subgroups,
      }),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DeviceError(`webgpu: the adapter ${name} refused a device: ${reason}`, {
      got: reason,
      remedy: 'Close other programs or tabs that use it, update the driver, or take wasm().',
      cause,
    });
  }
}
