export declare function ortFile(
  path: string,
): { readonly type: string; readonly body: string | Uint8Array } | undefined;
