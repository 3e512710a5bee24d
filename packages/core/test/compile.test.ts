import { expect, test } from '@jest/globals';
import { DisposedError, exp, type CompiledGraph, type Executor, type GraphFn, type Tensor } from '../src/index';
import { fakeZoo } from './fake-device';

/** Runs the function itself, and remembers what it was asked for. */
function echo(): Executor<{ readonly note?: string }> & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    compile<F extends GraphFn>(_zoo: unknown, source: { fn: F; inputs: unknown }, { note }: { note?: string }) {
      asked.push([source.inputs, note]);
      const fn = source.fn as unknown as (...inputs: Tensor[]) => Tensor;
      const call = (...inputs: Tensor[]) => Promise.resolve(fn(...inputs));
      const graph = Object.assign(call, { run: () => Promise.resolve([]), dispose: () => Promise.resolve() });
      return Promise.resolve(graph as unknown as CompiledGraph<F>);
    },
  };
}

test('a function and a model go to the executor with their inputs and the options', async () => {
  const zoo = (await fakeZoo()).zoo;
  const inputs = [{ name: 'x', shape: ['N', 2], dtype: 'f32' as const }];
  const forward = { fn: (x: Tensor) => exp(x), inputs };
  const executor = echo();
  const ofFunction = await zoo.compile(forward, { executor, note: 'one' });
  const ofModel = await zoo.compile({ graphs: () => ({ forward }) }, { executor });
  using x = zoo.tensor([[0, 0]]);
  for (const compiled of [ofFunction, ofModel]) {
    // Typed as the function is: one tensor in, one out.
    const y: Tensor = await compiled(x);
    expect(await y.array()).toEqual([[1, 1]]);
    y.dispose();
  }
  expect(executor.asked).toEqual([[inputs, 'one'], [inputs, undefined]]); // prettier-ignore
  await zoo.dispose();
  expect(() => zoo.compile(forward, { executor })).toThrow(DisposedError);
});

test('where nothing is compiled, a prepared call is the call', async () => {
  const { zoo } = await fakeZoo();
  expect(await (await zoo.prepare(() => exp(zoo.zeros([1])))).array()).toEqual([1]);
  expect(await zoo.prepare(async () => Promise.resolve('late'))).toBe('late');
  await expect(zoo.prepare(() => exp(undefined as never))).rejects.toMatchObject({ code: 'shape' });
  await zoo.dispose();
  await expect(zoo.prepare(() => 1)).rejects.toBeInstanceOf(DisposedError);
});
