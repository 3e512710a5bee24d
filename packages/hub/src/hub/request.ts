import { HubError } from '@paperzoo/core';
import { isNode } from './node';
import { requireSafeUrl, type ResolvedOptions } from './options';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface HubResponse {
  readonly response: Response;
  /** What the hub said about a large file before it redirected to the store that holds it. */
  readonly linked: { readonly sha256?: string; readonly size?: number };
}

/**
 * GET with redirects followed by hand in Node, where the token must not travel along to another host. Browsers hide
 * redirects from scripts and drop the Authorization header themselves when the origin changes.
 */
export async function request(url: URL, options: ResolvedOptions, signal: AbortSignal): Promise<HubResponse> {
  const byHand = isNode();
  const linked: { sha256?: string; size?: number } = {};
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    requireSafeUrl(at);
    const headers: Record<string, string> = {};
    // Compressed bodies would make content-length useless; browsers set this header themselves.
    if (byHand) headers['Accept-Encoding'] = 'identity';
    if (mayCarryToken(at, options)) headers['Authorization'] = `Bearer ${options.token}`;
    const response = await options.fetch(at.href, { redirect: byHand ? 'manual' : 'follow', headers, signal });
    const etag = /^"?([0-9a-f]{64})"?$/i.exec(response.headers.get('x-linked-etag') ?? '')?.[1];
    if (etag) linked.sha256 = etag.toLowerCase();
    const size = response.headers.get('x-linked-size') ?? '';
    if (/^[0-9]{1,15}$/.test(size)) linked.size = Number(size);
    const target = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || target === null) return { response, linked };
    await response.body?.cancel();
    at = new URL(target, at);
  }
  throw new HubError(`${url.href} redirects more than ${MAX_REDIRECTS} times.`, { file: url.href });
}

/** The token goes to the configured endpoint over https, and nowhere else. */
function mayCarryToken(url: URL, { token, endpoint }: ResolvedOptions): boolean {
  return token !== undefined && url.protocol === 'https:' && url.origin === new URL(endpoint).origin;
}
