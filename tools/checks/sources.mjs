import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sources } from '../lib/workspace.mjs';

const CODE = /^(packages|plugins|benchmarks|tools)\/.*\.([mc]?[jt]s)$/;
const LONGEST = 500;
/** @type {[RegExp, string][]} */
const RULES = [
  [/\b(TODO|FIXME|XXX)\b/, 'leaves something open'],
  [/@ts-(ignore|nocheck)|\bas any(?=[\s;,.)\]>]*$|[;,.)\]>])/, 'switches the type-checker off'],
  [/\b(it|test|describe)\.(skip|only|todo|failing)\b|\bx(it|describe|test)\(/, 'skips tests'],
];

/** House rules that no linter knows: file length, nothing left open, no test that does not run. */
export async function sourceRules() {
  return sources()
    .filter((file) => CODE.test(file) && file !== 'tools/checks/sources.mjs')
    .flatMap((file) => {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      const long = lines.length > LONGEST + 1 ? [`${file}: ${lines.length} lines, more than ${LONGEST}`] : [];
      return long.concat(lines.flatMap((line, at) => broken(line).map((why) => `${file}:${at + 1}: ${why}`)));
    });
}

const broken = (line) => RULES.filter(([pattern]) => pattern.test(line)).map(([, why]) => why);
