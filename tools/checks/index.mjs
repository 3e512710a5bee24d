import { format } from './format.mjs';
import { hosts } from './hosts.mjs';
import { knip } from './knip.mjs';
import { links } from './links.mjs';
import { lintTools, typesOfTools } from './tools.mjs';
import { lockfile } from './lockfile.mjs';
import { manifests } from './manifests.mjs';
import { sourceRules } from './sources.mjs';

/** What must hold for the repository as a whole: each resolves to its problems, none when all is well. */
export const checks = {
  'format (prettier)': format,
  'lint of tools and configuration': lintTools,
  'types of tools': typesOfTools,
  'no dead files, exports or dependencies (knip)': knip,
  'manifests and the direction of dependencies': manifests,
  'rules for sources': sourceRules,
  'lockfile complete on every platform': lockfile,
  'links between documents': links,
  'no file names a registry host': hosts,
};
