// Which tile a product takes, and whether its long sums are shared out over several workgroups.
import type { WebgpuContext, WebgpuHandle } from '../context';
import { finishProgram, gemmProgram, TILES, type Source, type Tile } from './gemm-tile';
import { foldAxis } from './reduce';

export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches: number;
  readonly ins: readonly WebgpuHandle[];
  readonly out: WebgpuHandle;
  readonly params: readonly number[];
}

/** Workgroups that keep an adapter busy. */
const ENOUGH = 128;
/** Shorter sums are not worth a second pass; where an epilogue comes with it, models rather have few dispatches. */
const SHORTEST_PART = { plain: 256, epilogue: 512 };

const tilesOf = ({ m, n, batches }: Product, tile: Tile) => Math.ceil(m / tile.m) * Math.ceil(n / tile.n) * batches;

function tileFor(product: Product): Tile {
  const { m, n } = product;
  if (m >= 256 && n >= 256 && tilesOf(product, TILES.large) >= ENOUGH) return TILES.large;
  return m > 32 && n > 32 && tilesOf(product, TILES.middle) >= ENOUGH / 4 ? TILES.middle : TILES.small;
}

/** How many workgroups share each sum, so that a product of few tiles keeps the adapter busy too. */
const partsFor = (k: number, tiles: number, shortest: number) =>
  Math.max(1, Math.min(Math.floor(k / shortest), Math.ceil(ENOUGH / tiles)));

export function runProduct(ctx: WebgpuContext, source: Source, product: Product): void {
  const { m, n, k, batches, ins, out, params } = product;
  const tile = tileFor(product);
  const tiles = tilesOf(product, tile);
  const parts = partsFor(k, tiles, source.store ? SHORTEST_PART.epilogue : SHORTEST_PART.plain);
  const part = Math.ceil(k / parts / tile.k) * tile.k;
  const shared = parts > 1;
  const { store, ...plain } = source;
  const to = shared ? ctx.scratch(parts * batches * m * n) : out;
  const made = shared ? plain : source;
  ctx.dispatch(`${source.key}/${tile.name}/${shared}`, () => gemmProgram(made, tile), {
    ins,
    outs: [to],
    params: [m, n, k, Math.ceil(m / tile.m), Math.ceil(n / tile.n), batches, part, ...params],
    size: tiles * parts,
  });
  if (!shared) return;
  // An epilogue must see whole sums.
  if (!store) return foldAxis(ctx, 'sum', to, out, { outer: 1, n: parts, inner: batches * m * n });
  ctx.dispatch(`${source.key}/finish`, () => finishProgram({ ...source, store }), {
    ins: [to, ...ins],
    outs: [out],
    params: [m, n, k, parts, ...params],
    size: m * n,
  });
}
