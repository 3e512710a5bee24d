/**
 * Whether a kernel's text returns numbers and no arrays. gpu.js would store the components of an array in the places of its neighbours,
 * and say nothing, since every kernel here is compiled as one that returns a number.
 */
export function returnsNumber(source: string): boolean {
  const arrays = [...source.matchAll(/\b(?:const|let|var)\s+(\w+)\s*=\s*\[/g)].map(([, name]) => name);
  const returned = [...source.matchAll(/\breturn\s+(\[|\w+\s*;)/g)].map(([, what]) => what!.replace(/\s*;$/, ''));
  return returned.every((what) => what !== '[' && !arrays.includes(what));
}
