import { AttrError, type Device, type DeviceFactory } from '@paperzoo/core';
import { failureOf } from './self-test';

/**
 * The first device that opens and computes a few known results right: `auto(webgpu(), wasm())`. The last one is taken without a test.
 * `caps.info.reason` says which was taken and why each before it was not. Rejects with the last one's error when nothing opens.
 */
export function auto(...factories: readonly DeviceFactory[]): DeviceFactory {
  if (factories.length === 0 || factories.some((factory) => typeof factory !== 'function')) {
    throw new AttrError('auto takes devices in the order of preference, such as auto(webgpu(), wasm()).', {
      argument: 'factories',
      got: factories.length,
    });
  }
  return async () => {
    const declined: string[] = [];
    for (const factory of factories.slice(0, -1)) {
      const device = await opened(factory, declined);
      if (device) return withReason(device, ['passed its self-test', ...declined].join('; '));
    }
    const last = await factories.at(-1)!();
    return withReason(last, declined.join('; ') || 'the only choice');
  };
}

async function opened(factory: DeviceFactory, declined: string[]): Promise<Device | undefined> {
  let device: Device;
  try {
    device = await factory();
  } catch (error) {
    declined.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
  const failure = await failureOf(device);
  if (failure === undefined) return device;
  const { adapter } = device.caps.info;
  declined.push(
    `${device.name}${adapter === undefined ? '' : ` on ${String(adapter)}`} failed its self-test: ${failure}`,
  );
  await device.dispose();
  return undefined;
}

/** The device was made a moment ago and is nobody else's yet, so that its facts may still be completed. */
function withReason(device: Device, reason: string): Device {
  const { caps } = device;
  const info = Object.freeze({ ...caps.info, reason: `${device.name}: ${reason}` });
  Object.defineProperty(device, 'caps', { value: Object.freeze({ ...caps, info }), configurable: true });
  return device;
}
