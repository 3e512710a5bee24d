import { describe, expect, test } from '@jest/globals';
import {
  AbortError,
  definePlugin,
  findModel,
  listModels,
  throwIfAborted,
  type Model,
  type ModelCard,
} from '../src/index';
import { fakeZoo } from './fake-device';
import { failure, rejection } from './failure';

const model: Model = { name: 'm', config: {}, dispose: () => undefined, [Symbol.dispose]: () => undefined };
const card = (name: string, repo?: string): ModelCard => ({
  name,
  task: 'image-classification',
  config: {},
  ...(repo ? { hub: { repo } } : {}),
  load: (_zoo, _card, options) => Promise.resolve({ ...model, config: { ...options } }),
});
const plugin = definePlugin({
  name: '@x/models',
  api: 1,
  license: 'MIT',
  paper: { title: 'P' },
  models: [
    card('net_m10.r224', 'org/net_m10.r224'),
    card('net_m2.r224', 'org/net_m2.r224'),
    card('net_m0.r224', 'org/net_m0.r224'),
    card('tiny'),
  ],
  namesakes: [{ name: /^net_b\d/, is: 'another network of the same name' }],
});
const names = (cards: readonly ModelCard[]) => cards.map((c) => c.name);

describe('models', () => {
  test('are listed in natural order, by glob, offline', () => {
    expect(names(listModels([plugin]))).toEqual(['net_m0.r224', 'net_m2.r224', 'net_m10.r224', 'tiny']);
    expect(names(listModels([plugin], 'net_m?.*'))).toEqual(['net_m0.r224', 'net_m2.r224']);
    expect(names(listModels([plugin], '*', { pretrained: true }))).not.toContain('tiny');
    const boxed = { ...plugin, models: [{ ...plugin.models![0]!, name: 'boxed', hub: undefined, package: 'weights' }] };
    expect(names(listModels([boxed], '*', { pretrained: true }))).toEqual(['boxed']);
    expect(listModels([plugin], '.+')).toEqual([]);
    expect(listModels([plugin], '('.repeat(50) + '*'.repeat(5000))).toEqual([]);
  });

  test('of another origin but the same name are told apart', () => {
    for (const name of ['net_b1', 'net_b1.r224', 'hf:org/net_b1.r224']) {
      expect(failure(() => findModel([plugin], name)).message).toBe(`"${name}" is another network of the same name.`);
    }
  });

  test('are found by name, by name without tag, and by repository', () => {
    for (const name of ['net_m0.r224', 'net_m0', 'hf:org/net_m0.r224', 'hf:org/net_m0.r224@main', 'hf:else/net_m0']) {
      expect(findModel([plugin], name).name).toBe('net_m0.r224');
    }
  });

  test('may have a dot before the tag', () => {
    const dotted = definePlugin({ ...plugin, name: '@x/dotted', models: [card('net_1.3b.100b'), card('net_1.3b.5b')] });
    // The first that the plugin lists, wherever the alphabet puts it.
    expect(findModel([dotted], 'net_1.3b').name).toBe('net_1.3b.100b');
    expect(findModel([dotted], 'net_1.3b.100b').name).toBe('net_1.3b.100b');
  });

  test('that are unknown bring the nearest names', () => {
    const error = failure(() => findModel([plugin], 'net_n2'));
    expect(error).toMatchObject({ code: 'model', details: { got: 'net_n2' } });
    expect(error.message).toContain('Did you mean net_m2.r224');
    expect(failure(() => findModel([plugin], 'hf:org/other')).message).toContain("{ weights: 'hf:org/other' }");
    expect(failure(() => findModel([], 'x')).message).toContain('No plugin with models');
    for (const name of ['__proto__', '', 'x'.repeat(1e6), undefined, 7, null]) {
      const strange = failure(() => findModel([plugin], name as string));
      expect(strange.code).toBe('model');
      expect(strange.message.length).toBeLessThan(600);
    }
  });

  test('get weights from a repository name, and the options', async () => {
    const { zoo } = await fakeZoo({ plugins: [plugin] });
    expect((await zoo.load('hf:org/net_m0.r224', { numClasses: 3 })).config).toEqual({
      weights: 'hf:org/net_m0.r224',
      numClasses: 3,
    });
    expect((await zoo.load('tiny', { weights: false })).config).toEqual({ weights: false });
    expect(names(zoo.listModels('t*'))).toEqual(['tiny']);
    expect((await rejection(zoo.load('nope'))).code).toBe('model');
    expect((await rejection(zoo.load(undefined as never))).code).toBe('model');
  });
});

test('an aborted signal is a typed error with its reason', () => {
  const controller = new AbortController();
  throwIfAborted(controller.signal, 'Loading');
  throwIfAborted(undefined, 'Loading');
  controller.abort('enough');
  const error = failure(() => throwIfAborted(controller.signal, 'Loading'));
  expect(error).toBeInstanceOf(AbortError);
  expect([error.message, error.cause]).toEqual(['Loading was aborted.', 'enough']);
});
