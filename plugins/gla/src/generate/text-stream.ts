import type { TextTokenizer } from './tokenizer';

/** How much of the prompt is decoded with the first tokens, so that the space between them is not lost. */
const CONTEXT = 5;
/** Tokens after which bytes that still make no character never will: no character is spread over more. */
const PATIENCE = 8;

/**
 * Turns tokens into text as they come. A character may be spread over several tokens and a token's spaces depend on those before it, so a
 * short window is decoded each time: the work per token does not grow. Text that may become a stop string is held back until it is decided.
 */
export class TextStream {
  private readonly ids: number[];
  private from = 0;
  private read: number;
  private held = '';

  constructor(
    private readonly tokenizer: TextTokenizer,
    prompt: readonly number[],
    private readonly stop: readonly string[],
  ) {
    this.ids = prompt.slice(-CONTEXT);
    this.read = this.ids.length;
  }

  /** What became certain with this token, and whether a stop string was completed; it is not part of the text. */
  push(token: number): { text: string; stopped: boolean } {
    this.ids.push(token);
    const before = this.tokenizer.decode(this.ids.slice(this.from, this.read));
    const now = this.tokenizer.decode(this.ids.slice(this.from));
    // U+FFFD stands for a character whose other bytes are still to come.
    const open = now.length <= before.length || now.endsWith('\ufffd');
    if (open && this.ids.length - this.read < PATIENCE) return { text: '', stopped: false };
    this.held += now.slice(before.length);
    this.ids.splice(0, this.read);
    this.from = 0;
    this.read = this.ids.length;
    const hits = this.stop.map((text) => this.held.indexOf(text)).filter((at) => at >= 0);
    if (hits.length > 0) {
      const text = this.held.slice(0, Math.min(...hits));
      this.held = '';
      return { text, stopped: true };
    }
    const text = this.held.slice(0, this.held.length - this.undecided());
    this.held = this.held.slice(text.length);
    return { text, stopped: false };
  }

  /** What is still held back when no more tokens come. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  /** Length of the longest end of the held text that begins a stop string. */
  private undecided(): number {
    const longest = Math.max(0, ...this.stop.map((text) => text.length - 1));
    for (let n = Math.min(longest, this.held.length); n > 0; n--) {
      if (this.stop.some((text) => text.startsWith(this.held.slice(-n)))) return n;
    }
    return 0;
  }
}
