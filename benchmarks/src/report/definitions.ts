/** What the columns mean, in words for a reader who was not there. */
export const columns = {
  min: 'The shortest sample, per call. Noise only ever adds time, so the minimum is the steadiest figure on a machine that does other things too. Ratios, shares and goals use it.',
  median: 'The middle sample, per call: what to expect on this machine as busy as it was.',
  spread: '10th to 90th percentile of the samples. A wide spread means that the machine was doing other things.',
  ratio:
    'The library’s minimum over ours, from the same interleaved run: above 1 we are faster, 2.00× means half the time.',
  share:
    'Operations per second (a multiply and an add count as two) over what SIMD128 code reaches on this machine with as many threads: a loop of eight independent sums of products, operands in the first-level cache, takes part in every race, because the clock is not always the same. Native libraries may exceed 100 %: they use wider vectors. On a graphics adapter the limit is a loop of multiply-adds in the registers of its own shaders.',
  difference:
    'Largest absolute difference between the library’s output and ours, over the largest absolute value of ours. Above 0.001 a library is not timed.',
  cpu: 'Median processor time per call. Where it is well below the median, the machine gave the core to somebody else meanwhile.',
} as const;

/** How the races are run. */
export const method = [
  'All libraries of a case live in one process and take turns, sample by sample, each round beginning with another one: whatever slows the machine slows all of them. Warm-up is thrown away. A short call is repeated until a sample lasts a few milliseconds.',
  'Each case is raced twice, in two fresh processes, and of each library the better heat counts: now and then one runs at half its speed for as long as its process lives. With two threads there is a pause before each sample, so that one library’s spinning threads do not steal the other core from the next.',
  'Networks: the peers run an ONNX model made in this suite from the same weights: traced from the module that training uses, batch norms folded, static shapes, all graph optimisations on. M0 has the checkpoint of the plugin’s fixtures, the others reproducible random weights; no speed depends on their values. Times include copying the input in and the logits out where a library needs that.',
  'Products: A[m, k] · B[k, n], float32, B a constant that every library may prepack. Ours, tfjs and jax-js keep A and the result on their device; onnxruntime copies both per call (under 3 % of its time at 960³).',
  'On a graphics adapter: all libraries of a case live in one page of one browser and take turns there, each on its own WebGPU device. Products of a sample are enqueued together and waited for once; a call of a model ends when its answer has been read. The adapter’s limits take part in the race.',
  'Memory bandwidth is a copy of 24 MiB with vector loads and stores, bytes read plus bytes written: the limit of what does next to no arithmetic.',
] as const;

/** What each goal’s number is, by goal. */
export const goals: Readonly<Record<string, string>> = {
  'gemm-share': `Product of two 960 × 960 matrices. ${columns.share}`,
  'gemm-peers':
    'The least ratio among onnxruntime-web, tfjs-wasm and jax-js: the time of the fastest of them over ours.',
  'gemm-peers-fma':
    'The fastest of the three over `wasm({ relaxedSimd: true })`: one fused multiply-add instruction where the plain kernels take two, which lifts the plain SIMD peak itself. It is an option because its last bits depend on the processor. Node 20 needs the V8 flag --experimental-wasm-relaxed-simd, which the suite sets for this entry.',
  'm0-ort-web':
    'A whole EfficientViT-M0 on one 224 × 224 image; onnxruntime-web on its WASM back-end, same weights. Minimum over minimum.',
  'm2-ort-web': 'A whole EfficientViT-M2, as for M0.',
  'm5-ort-web': 'A whole EfficientViT-M5, as for M0.',
  threads: 'Four images through EfficientViT-M5: our time on one thread over our time on two, both in one process.',
  'm0-ort-node':
    'onnxruntime-node is native code that uses the CPU’s widest vectors: what a Node service without WASM would get. 0.5× means that we need twice its time.',
  'm5-ort-node': 'Native code against WASM, as for M0.',
  'onnx-m0':
    'onnxruntime-web on the file that PyTorch’s exporter wrote of M0, over the same runtime on the file that we write, same weights, ours with an open batch. Minimum over minimum; at 1× the files are equally good.',
  'export-m5':
    'Tracing, folding, lowering and writing EfficientViT-M5 with an open batch, 50 MB of weights included: the least of three calls.',
  'op-overhead':
    'Adding two vectors of 16 floats and disposing the result: argument checks, shape rule, choice of kernel, memory, the hop into WASM.',
  'cold-start':
    'A fresh Node process with the checkpoint on disk: from before the imports to the first logits, the median of five processes. Starting Node itself is not included and is listed beside it.',
  'size-core':
    'Everything that @paperzoo/core exports, bundled by esbuild for a page, minified, gzip level 9; kB are thousands of bytes.',
  'size-core-wasm': 'As above with @paperzoo/device-wasm, all kernels and the worker included.',
  'gla-ort':
    'One call of gla(q, k, v, g) and one of a graph whose only node is com.microsoft.LinearAttention (update_rule “gated”), on the same data, outputs compared. Minimum over minimum.',
  'gla-ort-large': 'As above, with heads as large as those of the 340M model.',
  'gla-train-lm':
    'Loss, gradients and Adam of gla_tiny on 8 rows of 512 bytes, the losses of the first steps compared: the time of the faster of tfjs-wasm and jax-js over ours. Both run the chunked form with masked products, written for what each of them is fast at.',
  'gla-train-cnn':
    'Loss, gradients and Adam of a network of two convolutions and two linear layers on 64 pictures of 28 × 28, the losses of the first steps compared: the time of the faster of tfjs-wasm and jax-js over ours.',
  'webgpu-gemm-share':
    'Products of two 2048 × 2048 matrices that are on the adapter, a sample of them enqueued together, over what a shader of multiply-adds in registers reaches in the same race. Only a graphics card counts; on a software adapter this is not measured.',
  'webgpu-gemm-onnxruntime-web':
    'onnxruntime-web on its WebGPU execution provider in the same page, input and output on the adapter; minimum over minimum.',
  'webgpu-gemm-jax-js': 'jax-js on its WebGPU back-end in the same page, under its jit; minimum over minimum.',
  'webgpu-efficientvit-onnxruntime-web':
    'Eight prepared images of 224 pixels that are on the adapter, until the logits have been read; onnxruntime-web runs the file that we write of the same weights.',
  'webgpu-gla-onnxruntime-web':
    'From 4096 token ids to the logits of the last one, read; onnxruntime-web runs our file, in which the mixing is its own operator LinearAttention, and leaves out the state that ours keeps.',
  'gla-memory-training':
    'Bytes of tensors plus linear memory after the thousandth training step less those after the tenth, by the exact counters of zoo.memory().',
  'gla-memory-decoding':
    'Bytes of tensors plus linear memory after the thousandth generated token less those after the tenth.',
  'memory-m0':
    'Linear memory (the whole of it, gaps included) that the WASM device holds after three answers of M0: weights, repacked weights and activations. MB are millions of bytes.',
};
