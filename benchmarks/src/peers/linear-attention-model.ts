import proto from 'onnx-proto';

/** One call of gated linear attention: q, k and the log decays g [1, T, H, K], v [1, T, H, V]. */
export interface MixingProblem {
  readonly T: number;
  readonly H: number;
  readonly K: number;
  readonly V: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly g: Float32Array;
}

const FLOAT = 1;

/** onnxruntime's own op for it, `LinearAttention` of com.microsoft with the rule `gated`; it takes heads packed, [1, T, H · K]. */
export function linearAttentionModel({ T, H, K, V }: MixingProblem): Uint8Array {
  const { AttributeType } = proto.onnx.AttributeProto;
  const value = (name: string, dims: readonly number[]) => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const attribute = [
    { name: 'q_num_heads', type: AttributeType.INT, i: H },
    { name: 'kv_num_heads', type: AttributeType.INT, i: H },
    { name: 'update_rule', type: AttributeType.STRING, s: new TextEncoder().encode('gated') },
    { name: 'scale', type: AttributeType.FLOAT, f: K ** -0.5 },
  ];
  return proto.onnx.ModelProto.encode({
    irVersion: 10,
    producerName: 'paperzoo-benchmarks',
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'graph',
      node: [
        // The fourth input is a state to go on from; there is none.
        {
          opType: 'LinearAttention',
          domain: 'com.microsoft',
          input: ['q', 'k', 'v', '', 'g'],
          output: ['o', 's'],
          attribute,
        },
      ],
      input: [
        value('q', [1, T, H * K]),
        value('k', [1, T, H * K]),
        value('v', [1, T, H * V]),
        value('g', [1, T, H * K]),
      ],
      output: [value('o', [1, T, H * V]), value('s', [1, H, K, V])],
    },
  }).finish();
}
