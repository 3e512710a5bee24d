/** What a file may ask of the reader. Each limit is far above what real models have, and far below what would hurt. */
export const LIMITS = {
  /** Protobuf's own limit. */
  bytes: 2 ** 31 - 1,
  /** Graphs within attributes within nodes, each counted. A Scan inside an If inside a Loop comes to 12. */
  depth: 64,
  /** Messages of all kinds: each becomes an object that is a hundred times as large as the two bytes it may take. */
  messages: 1_000_000,
  /** Bytes of numbers that are stored one by one instead of as raw data: each becomes a number of eight bytes. */
  numbers: 2 ** 26,
} as const;
