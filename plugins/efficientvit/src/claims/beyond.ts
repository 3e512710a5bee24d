import type { Claim } from '@paperzoo/core';

interface Beyond {
  readonly id: string;
  readonly source: string;
  readonly statement: string;
  readonly figure: string;
  /** What showing it would take, one sentence. */
  readonly needs: string;
}

const IMAGENET =
  'It cannot be shown here: it needs the trained weights and the 50,000 validation images of ImageNet-1k.';
const TRAINING = 'It cannot be shown here: it needs 300 epochs of training on ImageNet-1k.';

const LIST: readonly Beyond[] = [
  {
    id: 'accuracy-table',
    source: "The authors' table of models, column Top-1",
    statement: 'M0 to M5 reach 63.2 to 77.1 % top-1 accuracy on ImageNet-1k.',
    figure: 'M0 63.2, M1 68.4, M2 70.8, M3 73.4, M4 74.3, M5 77.1 %',
    needs: IMAGENET,
  },
  {
    id: 'm5-more-accurate-than-mobilenetv3',
    source: 'Abstract',
    statement: 'M5 is 1.9 % more accurate than MobileNetV3-Large.',
    figure: '77.1 against 75.2 % top-1',
    needs: IMAGENET,
  },
  {
    id: 'm2-more-accurate-than-mobilevit',
    source: 'Abstract',
    statement: 'M2 is 1.8 % more accurate than MobileViT-XXS.',
    figure: '70.8 against 69.0 % top-1',
    needs: IMAGENET,
  },
  {
    id: 'm5-faster-than-mobilenetv3-on-gpu',
    source: 'Abstract',
    statement: 'M5 processes 40.4 % more images per second than MobileNetV3-Large on a GPU.',
    figure: '10,621 images/s on a V100, batch 2048, half precision',
    needs: 'It cannot be shown here: it needs a GPU, and this device computes on the CPU.',
  },
  {
    id: 'm2-faster-than-mobilevit-on-gpu-and-onnx',
    source: 'Abstract',
    statement: 'M2 is 5.8 times as fast as MobileViT-XXS on a GPU and 7.4 times with ONNX.',
    figure: '5.8× on a V100, 7.4× in ONNX Runtime',
    needs: 'It cannot be shown here: it needs a GPU, and ONNX Runtime, while this claim runs on the zoo’s own device.',
  },
  {
    id: 'ablations',
    source: 'Section 4, ablations',
    statement:
      'The sandwich layout and cascaded group attention raise accuracy over Swin’s layout and multi-head attention.',
    figure: 'about 3 % and 1 % top-1',
    needs: `${TRAINING} What the attention saves is measured by cascaded-attention-cost.`,
  },
  {
    id: 'detection',
    source: 'Section 4, transfer to COCO',
    statement: 'M4 reaches 32.7 box AP with RetinaNet and 31.0 mask AP with Mask R-CNN.',
    figure: '32.7 and 31.0 AP on COCO, 12 epochs',
    needs:
      'It cannot be shown here: it needs COCO and 12 epochs of training; backbone and neck are compared with upstream’s outputs by the tests.',
  },
];

/** What no laptop can show: said, not pretended. */
export const beyondClaims: readonly Claim[] = LIST.map(({ needs, ...claim }) => ({
  ...claim,
  scaledDown: 'Not at this size.',
  budgetSeconds: 1,
  run: async () => ({ measured: {}, holds: null, because: needs }),
}));
