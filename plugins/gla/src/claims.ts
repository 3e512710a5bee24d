import type { Claim } from '@paperzoo/core';
import { beyondClaims } from './claims/beyond';
import { constantMemoryClaim } from './claims/constant-memory';
import { constantTimeClaim } from './claims/constant-time';
import { crossoverClaim } from './claims/crossover';
import { gateAblationClaim } from './claims/gate-ablation';
import { layerParametersClaim } from './claims/layer-parameters';
import { lengthClaim } from './claims/length-generalisation';
import { linearTimeClaim } from './claims/linear-time';
import { numericalSafetyClaim } from './claims/numerical-safety';

/** The paper's claims: what can be measured here, the quick ones first, then what cannot and why. */
const claims: readonly Claim[] = [
  layerParametersClaim(),
  numericalSafetyClaim(),
  constantMemoryClaim(),
  constantTimeClaim(),
  linearTimeClaim(),
  crossoverClaim(),
  gateAblationClaim(),
  lengthClaim(),
  ...beyondClaims,
];

export default claims;
