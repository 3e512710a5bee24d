import { createZoo, type Spec, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { exportOnnx } from '@paperzoo/onnx';

/** A function of one tensor as an ONNX model; the zoo is there for its constants. */
export async function functionModel(spec: Spec, make: (zoo: Zoo) => (x: Tensor) => Tensor): Promise<Uint8Array> {
  const zoo = await createZoo({ device: cpu() });
  try {
    return (await exportOnnx(zoo, make(zoo), [spec])).bytes;
  } finally {
    await zoo.dispose();
  }
}
