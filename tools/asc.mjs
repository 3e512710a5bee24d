// Compiles the AssemblyScript modules that `assembly/build.json` of the current package lists:
//   { "modules": { "kernels": "kernels.ts" } }  →  src/generated/kernels.wasm.ts, `export const wasm = '<base64>'`.
// A second variant of the same source: { "kernels-relaxed": { "source": "kernels.ts", "enable": ["relaxed-simd"] } }.
// What many pages download is packed: { "bundles": { "dense": ["dense", "dense-relaxed"] } } → src/generated/dense.bundle.ts, the modules'
// bytes cut into as many stripes each, stripes of one place side by side, deflated. Twins then cost little more than one of them.
// Usage, in a package's folder: node ../../tools/asc.mjs [--text] [module …]; `--text` prints WebAssembly text instead.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

// All memory is imported and belongs to the host. A maximum is declared because flipping the import to "shared" at load time needs one.
const FLAGS = [
  ...['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
  ...['--importMemory', '--initialMemory', '0', '--maximumMemory', '65536'],
];

/** Compiles one module; returns its bytes and text. Throws with the compiler's own report. */
async function compile(source, features) {
  const files = new Map();
  const enable = features.flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await asc.main(
    [source, '--outFile', 'm.wasm', '--textFile', 'm.wat', ...FLAGS, ...enable],
    {
      writeFile: (name, contents) => void files.set(name, contents),
    },
  );
  if (error) throw new Error(`${source}: ${error.message}\n${stderr.toString()}`);
  const bytes = files.get('m.wasm');
  const text = files.get('m.wat');
  // From the text, because this Node's engine need not know every feature.
  const foreign = text.match(/^ \(import .*$/gm)?.filter((line) => !line.includes('"env" "memory"')) ?? [];
  if (foreign.length) throw new Error(`${source}: may import nothing but env.memory, imports ${foreign}`);
  if (/^ \(data /m.test(text)) throw new Error(`${source}: has static data, which would overwrite the host's memory`);
  return { bytes, text };
}

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('-'));
const root = resolve('.');
const { modules, bundles = {} } = JSON.parse(readFileSync(join(root, 'assembly/build.json'), 'utf8'));
const unknown = wanted.filter((name) => !(name in modules));
if (unknown.length)
  throw new Error(`assembly/build.json has no module ${unknown.join(', ')}; it has ${Object.keys(modules).join(', ')}`);

for (const [name, entry] of Object.entries(modules)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const { source: file, enable } = typeof entry === 'string' ? { source: entry, enable: [] } : entry;
  const source = `assembly/${file}`;
  const { bytes, text } = await compile(source, enable);
  if (args.includes('--text')) {
    process.stdout.write(text);
    continue;
  }
  mkdirSync(join(root, 'src/generated'), { recursive: true });
  const target = join(root, `src/generated/${name}.wasm.ts`);
  const base64 = Buffer.from(bytes).toString('base64');
  writeFileSync(target, `// Made from ${source} by tools/asc.mjs.\nexport const wasm =\n  '${base64}';\n`);
  console.log(`${relative(root, target)}: ${bytes.length} bytes`);
}

/** Stripes per module; far fewer bytes apart than deflate looks back. */
const STRIPES = 16;

/** Stripe `i` of a module; see src/module/bundle.ts, which puts them together again. */
const stripe = (bytes, i) =>
  bytes.subarray(Math.floor((bytes.length * i) / STRIPES), Math.floor((bytes.length * (i + 1)) / STRIPES));

if (!args.includes('--text')) {
  for (const [name, members] of Object.entries(bundles)) {
    const parts = members.map((member) => {
      const text = readFileSync(join(root, `src/generated/${member}.wasm.ts`), 'utf8');
      const found = text.match(/'([^']+)'/);
      if (!found) throw new Error(`src/generated/${member}.wasm.ts holds no module.`);
      return Buffer.from(found[1], 'base64');
    });
    const striped = Array.from({ length: STRIPES }, (_, i) => parts.map((part) => stripe(part, i))).flat();
    const packed = deflateRawSync(Buffer.concat(striped), { level: 9 }).toString('base64');
    const target = join(root, `src/generated/${name}.bundle.ts`);
    const sizes = parts.map((part) => part.length);
    const lines = [
      `// Made from ${members.join(' and ')} by tools/asc.mjs.`,
      `export const stripes = ${STRIPES};`,
      `export const sizes = [${sizes.join(', ')}];`,
      `export const packed =\n  '${packed}';`,
    ];
    writeFileSync(target, lines.join('\n') + '\n');
    console.log(`${relative(root, target)}: ${packed.length} characters`);
  }
}
