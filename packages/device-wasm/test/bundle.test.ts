import { expect, test } from '@jest/globals';
import * as denseBundle from '../src/generated/dense.bundle';
import { wasm as relaxed } from '../src/generated/dense-relaxed.wasm';
import { wasm as dense } from '../src/generated/dense.wasm';
import * as kernelsBundle from '../src/generated/kernels.bundle';
import { wasm as kernels } from '../src/generated/kernels.wasm';
import { decodeBase64 } from '../src/module/base64';
import { unpackModule } from '../src/module/bundle';

test.each([
  ['dense', denseBundle, 0, dense],
  ['dense with fused multiply-add', denseBundle, 1, relaxed],
  ['kernels', kernelsBundle, 0, kernels],
])('%s unpacks to what was compiled', async (_name, bundle, index, text) => {
  expect(Buffer.from(await unpackModule(bundle, index)).toString('base64')).toBe(
    Buffer.from(decodeBase64(text)).toString('base64'),
  );
});
