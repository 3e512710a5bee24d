import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Zoo } from '@paperzoo/core';
import { runnerOf } from '../cases/index';
import { failures } from './check';
import { readFixtures } from './node';
import { runCase, zooOn, type DeviceName } from './run';

const TIMEOUT_MS = 300_000;

/** Registers a test for every case of the manifest on one device. */
export function describeCases(device: DeviceName): void {
  describe(`upstream's outputs on ${device}`, () => {
    const fixtures = readFixtures();
    let zoo: Zoo;
    beforeAll(async () => {
      zoo = await zooOn(device);
    });
    afterAll(() => zoo.dispose());

    test('the device is the one that was asked for', () => {
      expect(zoo.device.name).toBe(device.split(' ')[0]);
      expect(zoo.device.caps.threads).toBe(device === 'wasm 2 threads' ? 2 : 1);
    });

    test.each(fixtures.names.filter((name) => runnerOf(name)))(
      '%s',
      async (name) => {
        expect(failures(await runCase({ zoo, fixtures }, name))).toBeNull();
      },
      TIMEOUT_MS,
    );
  });
}
