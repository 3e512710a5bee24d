import { cumsum, sub, type Tensor, type Zoo } from '@paperzoo/core';

/**
 * Tokens that each row of a batch has seen before a call, which is the position of its next one: numbers; or a tensor [B] i32 in a graph, which is
 * traced once and must hold for all of them.
 */
export type Seen = readonly number[] | Tensor;

/** 0, 1, …, count - 1 [count] f32, made of ops, so that a graph can leave the count open. */
export const counting = (zoo: Zoo, count: number): Tensor => sub(cumsum(zoo.full([count], 1), { dim: 0 }), 1);
