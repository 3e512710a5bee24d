import { expect } from '@jest/globals';
import { ZooError } from '../src/index';

/** The typed error that `fn` throws; fails when it throws none or another kind. */
export function failure(fn: () => unknown): ZooError {
  try {
    fn();
  } catch (error) {
    expect(error).toBeInstanceOf(ZooError);
    return error as ZooError;
  }
  throw new Error('expected an error');
}

/** As `failure`, for promises. */
export async function rejection(promise: Promise<unknown>): Promise<ZooError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ZooError);
  return outcome as ZooError;
}
