import { DTYPES, type Device, type DeviceFactory, type DType, type Kernel, type TypedArray } from '@paperzoo/core';

/**
 * The same device, whose fresh memory holds NaN (in integers a pattern that is no plausible result), so that an element that a kernel
 * forgets to write, or reads before writing, shows. `seen` collects every kernel that is loaded.
 */
export function poisoned(factory: DeviceFactory, seen: Kernel[]): DeviceFactory {
  return async () => {
    const device = await factory();
    const wrapper: Device = {
      name: device.name,
      caps: device.caps,
      kernels: device.kernels,
      alloc(bytes, dtype) {
        const handle = device.alloc(bytes, dtype);
        if (bytes > 0) device.write(handle, poison(bytes, dtype));
        return handle;
      },
      free: (handle, bytes) => device.free(handle, bytes),
      write: (handle, data) => device.write(handle, data),
      read: (handle, dtype, size) => device.read(handle, dtype, size),
      readSync: (handle, dtype, size) => device.readSync(handle, dtype, size),
      async load(kernels) {
        await device.load(kernels);
        seen.push(...kernels);
      },
      run: (kernel, ins, outs, attrs) => device.run(kernel, ins, outs, attrs),
      freePacked: (packed) => device.freePacked?.(packed),
      memory: () => device.memory?.() ?? { packedBytes: 0, reservedBytes: 0 },
      dispose: () => device.dispose(),
    };
    return wrapper;
  };
}

// 24 significant bits: a device may keep integers as float32.
const PATTERN = { wide: 0xa5a5a500, byte: 0xa5 };

function poison(bytes: number, dtype: DType): TypedArray {
  const values = new DTYPES[dtype].array(new ArrayBuffer(bytes));
  return dtype === 'f32' ? values.fill(NaN) : values.fill(DTYPES[dtype].bytes === 1 ? PATTERN.byte : PATTERN.wide);
}
