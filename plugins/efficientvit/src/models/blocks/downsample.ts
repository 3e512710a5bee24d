import type { Tensor } from '@paperzoo/core';
import { Module, Sequential } from '@paperzoo/nn';
import { feedForward, tokenInteraction } from './block';
import { PatchMerging } from './patch-merging';

/** Between stages: token interaction and feed-forward on both sides of the patch merging. Keys `res1`, `patchmerge`, `res2`. */
export class Downsample extends Module {
  readonly res1: Sequential;
  readonly patchmerge: PatchMerging;
  readonly res2: Sequential;

  constructor(inChannels: number, outChannels: number) {
    super();
    this.res1 = new Sequential(tokenInteraction(inChannels, 1), feedForward(inChannels));
    this.patchmerge = new PatchMerging(inChannels, outChannels);
    this.res2 = new Sequential(tokenInteraction(outChannels, 1), feedForward(outChannels));
  }

  forward(x: Tensor): Tensor {
    return this.res2(this.patchmerge(this.res1(x)));
  }
}
