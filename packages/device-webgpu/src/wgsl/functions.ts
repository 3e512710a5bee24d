/** A WGSL function with the others that it calls. */
export interface WgslFunction {
  readonly name: string;
  readonly text: string;
  readonly needs: readonly WgslFunction[];
  /** The same for adapters with subgroups. */
  readonly bySubgroup?: string;
}

/** Its name is the one that the text declares. */
export function wgslFunction(text: string, ...needs: WgslFunction[]): WgslFunction {
  return { name: /fn (\w+)/.exec(text)![1]!, text: text.trim(), needs };
}

/** Each function once, after those that it calls. */
export function withNeeds(functions: readonly WgslFunction[]): WgslFunction[] {
  const found = new Set<WgslFunction>();
  const visit = (f: WgslFunction) => {
    if (found.has(f)) return;
    f.needs.forEach(visit);
    found.add(f);
  };
  functions.forEach(visit);
  return [...found];
}
