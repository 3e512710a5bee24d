import type { Tensor, Zoo } from '@paperzoo/core';
import type { Module } from '@paperzoo/nn';
import { EfficientViT } from '../models/efficientvit';
import type { EfficientViTConfig } from '../models/efficientvit-config';
import { efficientvitVariants } from '../models/efficientvit-variants';
import { fuseEfficientViT } from '../models/fused';
import { fuseMobileNetV3 } from '../models/mobilenetv3/fused';
import { MobileNetV3 } from '../models/mobilenetv3/model';
import { fuseMobileVit } from '../models/mobilevit/fused';
import { MobileVit } from '../models/mobilevit/model';

/** The inference form of a subject. */
export interface InferenceForm {
  forward(x: Tensor): Tensor;
  dispose(): void;
}

/** A network that claims speak about. */
export interface Subject {
  readonly name: string;
  /** Side of its square input in pixels. */
  readonly size: number;
  build(): Module;
  /** The inference form of a network that `build` made. */
  fuse(zoo: Zoo, module: Module): Promise<InferenceForm>;
}

interface Network<M extends Module> {
  readonly name: string;
  readonly size: number;
  build(): M;
  fuse(zoo: Zoo, module: M): Promise<InferenceForm>;
}

/** Forgets which class the network is of, so that lists may mix them. */
const subject = <M extends Module>(network: Network<M>): Subject => network as unknown as Subject;

/** An EfficientViT of any configuration. */
export const efficientvit = (name: string, config: EfficientViTConfig): Subject =>
  subject({ name, size: config.imgSize ?? 224, build: () => new EfficientViT(config), fuse: fuseEfficientViT });

const variants = efficientvitVariants;

/** The networks of the paper's tables, at the sizes that it gives them. */
export const subjects = {
  m0: efficientvit('efficientvit_m0', variants.efficientvit_m0),
  m1: efficientvit('efficientvit_m1', variants.efficientvit_m1),
  m2: efficientvit('efficientvit_m2', variants.efficientvit_m2),
  m3: efficientvit('efficientvit_m3', variants.efficientvit_m3),
  m4: efficientvit('efficientvit_m4', variants.efficientvit_m4),
  m5: efficientvit('efficientvit_m5', variants.efficientvit_m5),
  mobilenetv3: subject({
    name: 'mobilenetv3_large_100',
    size: 224,
    build: () => new MobileNetV3(),
    fuse: fuseMobileNetV3,
  }),
  mobilevit: subject({ name: 'mobilevit_xxs', size: 256, build: () => new MobileVit(), fuse: fuseMobileVit }),
} as const;
