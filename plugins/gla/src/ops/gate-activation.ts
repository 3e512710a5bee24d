/** How an output gate acts: `swish` is g · sigmoid(g). */
export const GATE_ACTIVATIONS = ['swish', 'sigmoid'] as const;
export type GateActivation = (typeof GATE_ACTIVATIONS)[number];
