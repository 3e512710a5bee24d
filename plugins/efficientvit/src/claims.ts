import type { Claim } from '@paperzoo/core';
import { attentionCostClaim } from './claims/attention-cost';
import { beyondClaims } from './claims/beyond';
import { costTableClaim } from './claims/cost-table';
import { speedClaim, speedComparisons } from './claims/speed';

/** The paper's claims: what can be measured here first, then what cannot and why. */
const claims: readonly Claim[] = [
  costTableClaim(),
  attentionCostClaim(),
  ...speedComparisons.map((comparison) => speedClaim(comparison)),
  ...beyondClaims,
];

export default claims;
