import { AttrError, DeviceError, type DeviceCaps, type DeviceFactory } from '@paperzoo/core';
import { GpujsDevice, MOST_ELEMENTS } from './device';
import { loadLibrary, type Library } from './engine/library';
import { isResident, MODES, type GpujsMode } from './mode';

export type { GpujsMode } from './mode';

export interface GpujsOptions {
  /**
   * What kernels are compiled to. Without it the first of `webgpu`, `webgl2` and `webasm` that is there; `zoo.device.caps.info.mode` tells
   * which. A mode that is asked for and not there is an error, never another mode.
   */
  mode?: GpujsMode;
}

/**
 * A device whose kernels are plain JavaScript functions, compiled by gpu.js. Throws `AttrError` for a mode that does not exist, and when
 * the zoo is made `DeviceError` for one that this machine or page does not have.
 */
export function gpujs({ mode }: GpujsOptions = {}): DeviceFactory {
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new AttrError(`gpujs: mode must be one of ${MODES.join(', ')}, got ${String(mode)}.`, {
      argument: 'mode',
      expected: MODES,
      got: mode,
    });
  }
  return async () => {
    const library = await loadLibrary();
    const chosen = mode ?? (await firstOf(library));
    await demand(library, chosen);
    const gpu = new library.GPU({ mode: chosen });
    const device = new GpujsDevice(library, gpu, chosen, capsOf(chosen));
    try {
      await selfTest(device);
      return device;
    } catch (error) {
      await device.dispose();
      throw error;
    }
  };
}

async function firstOf(library: Library): Promise<GpujsMode> {
  if (await library.GPU.isWebGPUAvailable()) return 'webgpu';
  return library.GPU.isWebGL2Supported ? 'webgl2' : 'webasm';
}

async function demand({ GPU }: Library, mode: GpujsMode): Promise<void> {
  const there = mode === 'webgpu' ? await GPU.isWebGPUAvailable() : mode !== 'webgl2' || GPU.isWebGL2Supported;
  if (there) return;
  const name = mode === 'webgpu' ? 'WebGPU adapter' : 'WebGL2 context';
  throw new DeviceError(`gpujs: no ${name} was found here.`, {
    argument: 'mode',
    expected: mode,
    remedy: 'Leave `mode` out to take what is there, or use the mode webasm.',
  });
}

function capsOf(mode: GpujsMode): DeviceCaps {
  const side = mode === 'webgl2' ? textureSide() : Infinity;
  const info = {
    mode,
    resident: isResident(mode),
    // What a graphics card makes of numbers below the normal ones.
    ...(isResident(mode) && { subnormals: 'zero' }),
    ...(side < Infinity && { maxTextureSize: side }),
  };
  const elements = Math.min(MOST_ELEMENTS, side * side);
  return Object.freeze({ device: 'gpujs', threads: 1, maxBufferBytes: 4 * elements, info: Object.freeze(info) });
}

function textureSide(): number {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const side = Number(gl?.getParameter(gl.MAX_TEXTURE_SIZE) ?? 0);
  // Browsers keep few contexts at a time.
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return side;
}

/** One small kernel there and back: fails here, with a reason, rather than in the middle of a model. */
async function selfTest(device: GpujsDevice): Promise<void> {
  const [x, y] = [device.alloc(20, 'f32'), device.alloc(20, 'f32')];
  device.write(x, Float32Array.of(1, 2, 3, 4, 5));
  device.launch(y, [x], {
    source: 'function (x) { return x[this.thread.x] * this.constants.two + remainder(this.thread.x, 3); }',
    constants: { two: 2 },
  });
  const got = await device.read(y, 'f32', 5);
  if (String(got) !== '2,5,8,8,11') {
    throw new DeviceError(`gpujs: a first small kernel computed ${String(got)} instead of 2,5,8,8,11.`, { got });
  }
  device.free(x);
  device.free(y);
}
