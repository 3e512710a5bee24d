import { concat, DisposedError, indexSelect, ModelError, reshape, type Tensor, type Zoo } from '@paperzoo/core';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import { stackRows } from './key-value-state';
import { mapState, stateNames, stateTensors, type KeyValueState, type LayerState } from './layer-state';

/**
 * Where the sequences of a batch stand: all that a model needs to go on. Its size does not grow with the tokens seen, but for the keys and
 * values of a hybrid model's softmax layers. It cannot be taken back, so clone it before trying something. Free it with `dispose` or `using`.
 */
export class GLAState {
  private held: readonly LayerState[] | null = null;
  private seen: readonly number[];

  /** Takes the tensors over. `seenTokens`: how many tokens each row has seen. */
  constructor(layers: readonly LayerState[], seenTokens: readonly number[]) {
    this.seen = seenTokens;
    this.hold(layers);
  }

  /** Tokens that each row has seen. */
  get seenTokens(): readonly number[] {
    return this.seen;
  }

  /** One state per layer; they belong to this object. */
  get layers(): readonly LayerState[] {
    if (this.held) return this.held;
    throw new DisposedError('A state was used after it was disposed or handed on.');
  }

  /** Rows of the batch. */
  get batch(): number {
    return this.seenTokens.length;
  }

  /** Bytes of all its tensors. */
  get bytes(): number {
    return this.layers.flatMap(stateTensors).reduce((sum, tensor) => sum + 4 * tensor.size, 0);
  }

  /** An independent state; tensors never change, so nothing is copied. */
  clone(): GLAState {
    const share = (x: Tensor) => reshape(x, { shape: x.shape });
    return new GLAState(
      this.layers.map((layer) => mapState(layer, share)),
      this.seenTokens,
    );
  }

  /** Rows of the batch by index, in any order; a row may come more than once, as beams do. */
  select(rows: readonly number[]): GLAState {
    for (const row of rows) {
      if (Number.isInteger(row) && row >= 0 && row < this.batch) continue;
      const details = { argument: 'rows', expected: `0 to ${this.batch - 1}`, got: row };
      throw new ModelError(`A state of ${this.batch} rows has no row ${row}.`, details);
    }
    const { zoo } = stateTensors(this.layers[0]!)[0]!;
    const index = zoo.tensor([...rows], { shape: [rows.length], dtype: 'i32' });
    try {
      const pick = (x: Tensor) => zoo.scope(() => indexSelect(x, index, { dim: 0 }));
      return new GLAState(
        this.layers.map((layer) => {
          const picked = mapState(layer, pick);
          return 'keys' in picked ? { ...picked, seen: rows.map((row) => picked.seen[row]!) } : picked;
        }),
        rows.map((row) => this.seenTokens[row]!),
      );
    } finally {
      index.dispose();
    }
  }

  /** The rows of several states one after the other. */
  static concat(states: readonly GLAState[]): GLAState {
    const [first] = states;
    if (!first) throw new ModelError('GLAState.concat needs at least one state.', { argument: 'states' });
    const layers = first.layers.map((layer, i) => {
      if ('keys' in layer) {
        const { zoo } = layer.keys;
        return zoo.scope(() => stackRows(states.map((state) => state.layers[i] as KeyValueState)));
      }
      const parts = states.map((state) => stateTensors(state.layers[i]!));
      let at = 0;
      return mapState(layer, () => {
        const tensors = parts.map((part) => part[at]!);
        at++;
        return concat(tensors, { dim: 0 });
      });
    });
    return new GLAState(
      layers,
      states.flatMap((state) => state.seenTokens),
    );
  }

  /** Everything in ordinary memory by name; hub's `writeSafetensors` takes it as it is. */
  async save(): Promise<Map<string, HostTensor>> {
    const saved = new Map<string, HostTensor>([
      ['seen_tokens', hostTensor([this.batch], Float32Array.from(this.seenTokens))],
    ]);
    for (const [i, layer] of this.layers.entries()) {
      for (const [j, tensor] of stateTensors(layer).entries()) {
        saved.set(
          `layers.${i}.${stateNames(layer)[j]}`,
          hostTensor(tensor.shape, (await tensor.data()) as Float32Array),
        );
      }
    }
    return saved;
  }

  /** What `save` gave, or a checkpoint read from its file, on a zoo. */
  static restore(zoo: Zoo, saved: ReadonlyMap<string, HostTensor>): GLAState {
    const get = (name: string): HostTensor => {
      const found = saved.get(name);
      if (found) return found;
      throw new ModelError(`The saved state has no "${name}".`, { argument: name, got: [...saved.keys()].slice(0, 8) });
    };
    const seen = [...get('seen_tokens').toF32()];
    const upload = (name: string) => zoo.tensor(get(name).toF32(), { shape: get(name).shape });
    const layers: LayerState[] = [];
    for (let i = 0; ; i++) {
      const at = (name: string) => `layers.${i}.${name}`;
      if (saved.has(at('keys'))) {
        layers.push({ keys: upload(at('keys')), values: upload(at('values')), seen });
      } else if (i === 0 || saved.has(at('recurrent'))) {
        const [q, k, v] = ['conv.q', 'conv.k', 'conv.v'].map(at) as [string, string, string];
        const conv = saved.has(q) ? { q: upload(q), k: upload(k), v: upload(v) } : undefined;
        layers.push({ recurrent: upload(at('recurrent')), conv });
      } else return new GLAState(layers, seen);
    }
  }

  /** Goes on to the state after `counts` further tokens of each row, whose tensors it takes over; its own are freed. */
  advance(layers: readonly LayerState[], counts: readonly number[]): void {
    const before = this.layers;
    this.hold(layers);
    this.seen = this.seen.map((seen, row) => seen + counts[row]!);
    for (const layer of before) for (const tensor of stateTensors(layer)) tensor.dispose();
  }

  dispose(): void {
    for (const layer of this.held ?? []) for (const tensor of stateTensors(layer)) tensor.dispose();
    this.held = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private hold(layers: readonly LayerState[]): void {
    for (const layer of layers) for (const tensor of stateTensors(layer)) tensor.zoo.keep(tensor);
    this.held = layers;
  }
}
