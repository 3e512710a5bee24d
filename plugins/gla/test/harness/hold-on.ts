import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Zoo } from '@paperzoo/core';
import type { DeviceCase } from '../cases/case';

/** Every case on each of the devices, as tests; a device's tensors are all given back. */
export function holdOn<D extends string>(
  title: string,
  devices: readonly D[],
  open: (device: D) => Promise<Zoo>,
  cases: readonly DeviceCase[],
): void {
  describe.each(devices)(`${title} on %s`, (device) => {
    let zoo: Zoo;
    beforeAll(async () => {
      zoo = await open(device as D);
    });
    afterAll(async () => {
      expect(zoo.memory().tensors).toBe(0);
      await zoo.dispose();
    });

    test.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
      expect(await entry.run(zoo)).toEqual([]);
    });
  });
}
