// What is raced on a graphics adapter, and how host and page tell each other of it.
import type { Stats } from '../measure/stats';

export type Subject = 'gemm' | 'efficientvit' | 'gla';

/** C = A · B of square matrices. */
interface Product {
  readonly kind: 'gemm';
  readonly side: number;
}
/** A model of a plugin's on one input. */
interface Inference {
  readonly kind: 'image' | 'tokens';
  readonly model: string;
  readonly shape: readonly number[];
}
export type Problem = (Product | Inference) & { readonly title: string };

/** What a graphics card gets, and what is left of it for an adapter that the processor plays. */
export const PROBLEMS: Readonly<Record<Subject, { readonly full: Problem; readonly cut: Problem }>> = {
  gemm: {
    full: { kind: 'gemm', side: 2048, title: 'GEMM 2048 × 2048 × 2048' },
    cut: { kind: 'gemm', side: 256, title: 'GEMM 256 × 256 × 256' },
  },
  efficientvit: {
    full: {
      ...{ kind: 'image', model: 'efficientvit_m5', shape: [8, 3, 224, 224] },
      title: 'EfficientViT-M5, 224 pixels, batch 8',
    },
    cut: {
      ...{ kind: 'image', model: 'efficientvit_m0', shape: [1, 3, 224, 224] },
      title: 'EfficientViT-M0, 224 pixels, batch 1',
    },
  },
  gla: {
    full: { kind: 'tokens', model: 'gla_tiny', shape: [1, 4096], title: 'prefill of gla_tiny, 4096 tokens' },
    cut: { kind: 'tokens', model: 'gla_tiny', shape: [1, 128], title: 'prefill of gla_tiny, 128 tokens' },
  },
};

/** How long is measured. */
export interface Patience {
  /** A sample makes so many calls, waited for together, that it lasts at least this long. */
  readonly sampleMs: number;
  readonly budgetMs: number;
  readonly minRounds: number;
  readonly maxRounds: number;
}

/** What the page fetches first. */
export interface Job {
  readonly id: string;
  readonly subject: Subject;
  readonly patience: Patience;
  /** Ours alone. */
  readonly alone?: true;
}

/** One library's part. */
export interface LaneResult {
  readonly id: string;
  readonly label: string;
  readonly unavailable?: string;
  readonly stats?: Stats;
  readonly difference?: number;
}

/** Adapter time of one call by kernel; `ms` of all its dispatches. */
export interface KernelTime {
  readonly kernel: string;
  readonly dispatches: number;
  readonly ms: number;
}

/** What the page sends back. */
export interface PageResult {
  readonly adapter: string;
  /** The processor plays the adapter: answers count, times do not. */
  readonly software: boolean;
  readonly problem: Problem;
  /** Floating-point operations of one call. */
  readonly flops: number;
  readonly lanes: readonly LaneResult[];
  /** The adapter's limits as its shaders reach them: multiply-adds counted twice, bytes read plus written; 10⁹ per second. */
  readonly limits: { readonly gflops: number; readonly copyGBs: number };
  /** Where our call spends its time; the reason where nobody can know. */
  readonly profile: readonly KernelTime[] | string;
  /** Shaders that were compiled while a call waited. */
  readonly blocking: number;
}
