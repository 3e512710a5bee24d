import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const KEYWORD = 'paperzoo-plugin';

/** What discovery reads of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  /** File of the plugin inside the package; undefined: what importing the package gives. */
  readonly plugin?: string;
  /** The package says that it is a plugin, by the field `paperzoo.plugin` or by the keyword. */
  readonly isPlugin: boolean;
}

/** The package.json of a folder; undefined where there is none or it cannot be understood. */
export function readManifest(folder: string): Manifest | undefined {
  const fields = readFields(folder);
  if (!fields || typeof fields['name'] !== 'string') return undefined;
  const { name, version, keywords, paperzoo } = fields as Record<string, unknown> & { name: string };
  const plugin = isRecord(paperzoo) ? paperzoo['plugin'] : undefined;
  return {
    name,
    ...(typeof version === 'string' && { version }),
    ...(typeof plugin === 'string' && { plugin }),
    isPlugin: typeof plugin === 'string' || (Array.isArray(keywords) && keywords.includes(KEYWORD)),
  };
}

function readFields(folder: string): Record<string, unknown> | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const fields: unknown = JSON.parse(text);
    return isRecord(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
