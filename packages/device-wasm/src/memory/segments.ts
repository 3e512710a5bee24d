/**
 * Two-level segregated fit (Masmano et al., ECRTS 2004) over an abstract line of units: allocation and release in O(1), neighbours
 * coalesce at once. All bookkeeping lives in JS, outside the memory that it describes, so a kernel that overruns cannot corrupt it.
 */
export class Segments {
  readonly #start: number[] = [];
  readonly #size: number[] = [];
  /** Neighbours in address order, −1 at the ends. */
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  /** Neighbours in the free list; −2 in `#prevFree` marks a block in use. */
  readonly #prevFree: number[] = [];
  readonly #nextFree: number[] = [];
  readonly #spareIds: number[] = [];
  readonly #heads = new Int32Array(32 * 16).fill(-1);
  readonly #second = new Int32Array(32);
  readonly #used = new Map<number, number>();
  #first = 0;
  #last = -1;
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** Units from the end of the line that are free already: growth needs only the rest. */
  get freeTail(): number {
    return this.#last >= 0 && this.#prevFree[this.#last] !== USED ? this.#size[this.#last]! : 0;
  }

  get freeBlocks(): number {
    let n = 0;
    for (let id = this.#last; id >= 0; id = this.#before[id]!) if (this.#prevFree[id] !== USED) n++;
    return n;
  }

  /** Appends fresh units at the end of the line. */
  extend(units: number): void {
    if (units <= 0) return;
    const tail = this.#last;
    if (this.freeTail) {
      this.#unlink(tail);
      this.#size[tail] = this.#size[tail]! + units;
      this.#link(tail);
    } else {
      const id = this.#make(this.#end, units, tail, -1);
      if (tail >= 0) this.#after[tail] = id;
      this.#last = id;
      this.#link(id);
    }
    this.#end += units;
  }

  /** Start of a block of `units`, or −1 when no free block is large enough. */
  take(units: number): number {
    const id = this.#find(units);
    if (id < 0) return -1;
    this.#unlink(id);
    const rest = this.#size[id]! - units;
    const start = this.#start[id]!;
    if (rest > 0) {
      const next = this.#after[id]!;
      const tail = this.#make(start + units, rest, id, next);
      this.#after[id] = tail;
      if (next >= 0) this.#before[next] = tail;
      else this.#last = tail;
      this.#size[id] = units;
      this.#link(tail);
    }
    this.#used.set(start, id);
    return start;
  }

  /** Units of the block that starts here, 0 when none does. */
  sizeOf(start: number): number {
    const id = this.#used.get(start);
    return id === undefined ? 0 : this.#size[id]!;
  }

  /** Gives a block back; false when nothing in use starts here. */
  release(start: number): boolean {
    let id = this.#used.get(start);
    if (id === undefined) return false;
    this.#used.delete(start);
    const next = this.#after[id]!;
    if (next >= 0 && this.#prevFree[next] !== USED) {
      this.#unlink(next);
      this.#absorb(id, next);
    }
    const prev = this.#before[id]!;
    if (prev >= 0 && this.#prevFree[prev] !== USED) {
      this.#unlink(prev);
      this.#absorb(prev, id);
      id = prev;
    }
    this.#link(id);
    return true;
  }

  #make(start: number, size: number, before: number, after: number): number {
    const id = this.#spareIds.pop() ?? this.#start.length;
    this.#start[id] = start;
    this.#size[id] = size;
    this.#before[id] = before;
    this.#after[id] = after;
    this.#prevFree[id] = USED;
    this.#nextFree[id] = -1;
    return id;
  }

  #absorb(id: number, next: number): void {
    this.#size[id] = this.#size[id]! + this.#size[next]!;
    const after = this.#after[next]!;
    this.#after[id] = after;
    if (after >= 0) this.#before[after] = id;
    else this.#last = id;
    this.#spareIds.push(next);
  }

  #link(id: number): void {
    const list = listOf(this.#size[id]!);
    const head = this.#heads[list]!;
    this.#prevFree[id] = -1;
    this.#nextFree[id] = head;
    if (head >= 0) this.#prevFree[head] = id;
    this.#heads[list] = id;
    this.#second[list >> 4]! |= 1 << (list & 15);
    this.#first |= 1 << (list >> 4);
  }

  #unlink(id: number): void {
    const list = listOf(this.#size[id]!);
    const prev = this.#prevFree[id]!;
    const next = this.#nextFree[id]!;
    if (prev >= 0) this.#nextFree[prev] = next;
    else {
      this.#heads[list] = next;
      if (next < 0) {
        this.#second[list >> 4]! &= ~(1 << (list & 15));
        if (!this.#second[list >> 4]) this.#first &= ~(1 << (list >> 4));
      }
    }
    if (next >= 0) this.#prevFree[next] = prev;
    this.#prevFree[id] = USED;
  }

  #find(units: number): number {
    // Lists above the one that `units` falls into hold only blocks that fit; its own list may hold some that do.
    const own = listOf(units);
    const head = this.#heads[own]!;
    if (head >= 0 && this.#size[head]! >= units) return head;
    const from = own + 1;
    let row = from >> 4;
    let bits = row < 32 ? this.#second[row]! & (-1 << (from & 15)) : 0;
    if (!bits) {
      const rows = row >= 31 ? 0 : this.#first & (-1 << (row + 1));
      if (rows) {
        row = lowestBit(rows);
        bits = this.#second[row]!;
      }
    }
    if (bits) return this.#heads[(row << 4) + lowestBit(bits)]!;
    for (let id = head; id >= 0; id = this.#nextFree[id]!) if (this.#size[id]! >= units) return id;
    return -1;
  }
}

const USED = -2;

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** Sizes below 16 have a list each; above, 16 lists per power of two. */
function listOf(units: number): number {
  if (units < 16) return units;
  const log = 31 - Math.clz32(units);
  return ((log - 3) << 4) + ((units >> (log - 4)) & 15);
}
