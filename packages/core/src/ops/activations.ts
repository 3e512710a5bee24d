/** Activations that fused kernels apply in their epilogue; a kernel passes the position in this list to its module. */
export const ACTIVATIONS = ['none', 'relu', 'hardswish', 'silu', 'sigmoid', 'gelu', 'tanh', 'hardsigmoid'] as const;
export type Activation = (typeof ACTIVATIONS)[number];
