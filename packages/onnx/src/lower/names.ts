/** Names that are unique in a file and tell where a value comes from. */
export class Names {
  private readonly counts = new Map<string, number>();

  /** `hint`, or `hint_1`, `hint_2`, … when it is taken. */
  fresh(hint: string): string {
    const count = this.counts.get(hint);
    if (count === undefined) {
      this.counts.set(hint, 1);
      return hint;
    }
    this.counts.set(hint, count + 1);
    // A hint may itself look like a numbered name.
    return this.fresh(`${hint}_${count}`);
  }
}
