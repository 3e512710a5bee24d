// Which tile a product takes, and whether its long sums are shared out over several workgroups.
import type { WebgpuContext, WebgpuHandle } from '../context';
import { gemmProgram, TILES, type Source, type Tile } from './gemm-tile';
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
/** Shorter sums are not worth a second pass. */
const SHORTEST_PART = 256;

const tilesOf = ({ m, n, batches }: Product, tile: Tile) => Math.ceil(m / tile.m) * Math.ceil(n / tile.n) * batches;

function tileFor(product: Product): Tile {
  const { m, n } = product;
  if (m >= 256 && n >= 256 && tilesOf(product, TILES.large) >= ENOUGH) return TILES.large;
  return m > 32 && n > 32 && tilesOf(product, TILES.middle) >= ENOUGH / 4 ? TILES.middle : TILES.small;
}

export function runProduct(ctx: WebgpuContext, source: Source, product: Product): void {
  const { m, n, k, batches, ins, out, params } = product;
  const tile = tileFor(product);
  const tiles = tilesOf(product, tile);
  // Only a plain result can be added up afterwards; an epilogue must see whole sums.
  const most = source.store ? 1 : Math.floor(k / SHORTEST_PART);
  const parts = Math.max(1, Math.min(most, Math.ceil(ENOUGH / tiles)));
  const part = Math.ceil(k / parts / tile.k) * tile.k;
  const to = parts > 1 ? ctx.scratch(parts * batches * m * n) : out;
  ctx.dispatch(`${source.key}/${tile.name}`, () => gemmProgram(source, tile), {
    ins,
    outs: [to],
    params: [m, n, k, Math.ceil(m / tile.m), Math.ceil(n / tile.n), batches, part, ...params],
    size: tiles * parts,
  });
  if (parts > 1) foldAxis(ctx, 'sum', to, out, { outer: 1, n: parts, inner: batches * m * n });
}
