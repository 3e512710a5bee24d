import type { Peer } from './contestant';
import { jax } from './jax';
import { ortNode } from './ort-node';
import { ortWeb } from './ort-web';
import { tfjs } from './tfjs';

/** Everybody we are measured against, in the order of the tables. */
export const peers: readonly Peer[] = [ortWeb, tfjs, jax, ortNode];
