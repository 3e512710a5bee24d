import type { Zoo } from '@paperzoo/core';

/** One thing that a device has to do right. */
export interface DeviceCase {
  readonly name: string;
  /** What is wrong, as sentences. */
  run(zoo: Zoo): Promise<readonly string[]>;
}
