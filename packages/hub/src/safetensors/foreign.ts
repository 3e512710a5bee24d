const STARTS: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(?:!doctype|html|head|\?xml)/i, 'an HTML page, probably a login or error page instead of the file'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not the weights themselves; fetch them with "git lfs pull"'],
  [
    /^PK\x03\x04/,
    'a zip archive, probably a PyTorch checkpoint; convert it to safetensors, pickles are never executed',
  ],
  [/^\x80[\x02-\x05]/, 'a Python pickle; convert it to safetensors, pickles are never executed'],
  [/^GGUF/, 'a GGUF file'],
  [/^\x89HDF/, 'an HDF5 file'],
  [/^\x1f\x8b/, 'gzip data'],
  [/^\s*[[{]/, 'JSON text'],
];

/** Names what a file seems to be when it is not what was expected; undefined when it gives no hint. */
export function describeForeign(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return STARTS.find(([pattern]) => pattern.test(start))?.[1];
}

/** True for the beginning of an HTML page, which servers send where a file should be. */
export function isHtml(bytes: Uint8Array): boolean {
  return STARTS[0]![0].test(String.fromCharCode(...bytes.subarray(0, 64)));
}
