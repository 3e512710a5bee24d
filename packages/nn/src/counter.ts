import type { HostTensor } from './host-tensor';

/** An int64 scalar of a state dict, such as `num_batches_tracked`: it rides along with the weights and never reaches a device. */
export class Counter {
  readonly shape: readonly number[] = [];
  private count = 0n;

  get value(): number {
    return Number(this.count);
  }

  increment(): void {
    this.count++;
  }

  set(tensor: HostTensor): void {
    const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
    this.count = tensor.dtype === 'I64' ? view.getBigInt64(0, true) : BigInt(view.getInt32(0, true));
  }

  host(): HostTensor {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, this.count, true);
    return { shape: [], dtype: 'I64', bytes, toF32: () => Float32Array.of(this.value) };
  }
}
