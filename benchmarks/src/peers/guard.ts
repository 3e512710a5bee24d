import { firstLine } from '../first-line';
import { Unavailable, type Absent, type Contestant, type Peer } from './contestant';

/** Prepares a peer; whatever goes wrong becomes the reason why it is absent. */
export async function guard<P extends Pick<Peer, 'id' | 'label'>>(
  peer: P,
  threads: number,
  prepare: (peer: P) => Promise<Contestant>,
): Promise<Contestant | Absent> {
  try {
    return await prepare(peer);
  } catch (error) {
    const message = firstLine(error);
    const unavailable = error instanceof Unavailable ? message : `failed: ${message}`;
    return { id: peer.id, label: peer.label, threads, unavailable };
  }
}
