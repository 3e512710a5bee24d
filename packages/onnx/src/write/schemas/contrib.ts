/**
 * What the operators of the domain com.microsoft take and make, in the language of `operator-schema.ts`: taken from the schemas that
 * onnxruntime 1.30 registers. A schema says that an operator is known, not that every build has a kernel for it.
 */
export const CONTRIB_SCHEMAS = `
Attention 1: T T T? M? T? T? M? > T T?; T=float M=i32; do_rotary=int mask_filter_value=float num_heads=int!
  past_present_share_buffer=int qkv_hidden_sizes=ints rotary_embedding_dim=int scale=float unidirectional=int
AttnLSTM 1: T T T T? T1? T? T? T? T? T? T? T? T1? T? > T? T? T?; T=f32 T1=i32; activation_alpha=floats
  activation_beta=floats activations=strings clip=float direction=string hidden_size=int input_forget=int
BeamSearch 1: F I I? I I T? T? M? M? I? I? I? > I T? T?; T=float F=f32|f16|i32 I=i32 M=i32; decoder=graph!
  decoder_start_token_id=int early_stopping=int encoder=graph eos_token_id=int! init_decoder=graph model_type=int
  no_repeat_ngram_size=int pad_token_id=int! vocab_size=int
BiasAdd 1: T T T > T; T=float
BiasDropout 1: T T T? T1? T2? > T T2?; T=float T1=float T2=bool; seed=int
BiasGelu 1: T T > T; T=float
BiasSoftmax 1: T T > T; T=float; axis=int is_inner_broadcast=int!
BiasSplitGelu 1: T T > T; T=float
BifurcationDetector 1: T T T T? > T T; T=i64; max_ngram_size=int min_ngram_size=int
BitmaskBiasDropout 1: T T T? T1? T2? > T T3?; T=float T1=float T2=bool T3=u32; seed=int
BitmaskDropout 1: T T1? T2? > T T3?; T=float T1=float T2=bool T3=u32; seed=int
CDist 1: T T > T; T=f32; metric=string
CausalConvWithState 1: T T T? T? > T T; T=float; activation=string channels_last=int dilation=int ndim=int
  state_window=int
ComplexMul 1: T T > T; T=float
ComplexMulConj 1: T T > T; T=float
ConvTransposeWithDynamicPads 1: T T i64? T? > T; T=float; auto_pad=string dilations=ints group=int kernel_shape=ints
  output_padding=ints strides=ints
CropAndResize 1: T1 T1 T2 T2 > T1; T1=float T2=i32; extrapolation_value=float mode=string
DecoderAttention 1: T T T T T B? T? T? B B B B > T T? T?; T=float B=bool; mask_filter_value=float num_heads=int!
DecoderMaskedMultiHeadAttention 1: T T? T? M? T? T? T? M? M? M? T? > T T? T? QK?; T=float QK=float M=i32;
  mask_filter_value=float num_heads=int! output_qk=int past_present_share_buffer=int scale=float
DecoderMaskedSelfAttention 1: T T T M? T T? M M? M? > T T; T=float M=i32; do_rotary=int mask_filter_value=float
  num_heads=int! past_present_share_buffer=int scale=float
DequantizeBFP 1: T1 T2 T2 > T3; T1=u8 T2=i64 T3=float; bfp_type=int! block_dim=int dtype=int
DequantizeLinear 1: T1 T2 T1? > T2; T1=i32|u8 T2=float; axis=int
DequantizeWithOrder 1: Q S > F; Q=other F=float S=f32; order_input=int! order_output=int! to=int!
DynamicQuantizeLSTM 1: T T2 T2 T? T1? T? T? T? T T2 T T2 > T? T? T?; T=f32 T1=i32 T2=u8; activation_alpha=floats
  activation_beta=floats activations=strings clip=float direction=string hidden_size=int input_forget=int
DynamicQuantizeMatMul 1: T1 T2 T1 T2? T1? > T1; T1=f32 T2=u8
DynamicTimeWarping 1: F > I; F=f32 I=i32
EPContext 1: T~ > T~; T=any; embed_mode=int ep_cache_context=string ep_sdk_version=string
  hardware_architecture=string main_context=int max_size=int notes=string onnx_model_filename=string
  partition_name=string source=string
EmbedLayerNormalization 1: T1 T1? T T T? T T T1? T1? > T T1? T?; T1=i32 T=float; epsilon=float mask_index_type=int
EngramGate 1: T T T T T > T; T=float; epsilon=float
ExpandDims 1: T i32 > T; T=any
FastGelu 1: T T? > T; T=float
FusedConv 1: T T T? T? > T; T=float; activation=string activation_params=floats auto_pad=string dilations=ints
  group=int kernel_shape=ints pads=ints strides=ints
FusedGemm 1: T T T? > T; T=f32|f16|i32|i64|u32; activation=string activation_alpha=float activation_beta=float
  activation_gamma=float alpha=float beta=float transA=int transB=int
FusedMatMul 1: T T > T; T=float; alpha=float transA=int transB=int transBatchA=int transBatchB=int
FusedMatMulActivation 1: T T > T; T=float; activation=string! activation_alpha=float activation_axis=int
  activation_beta=float activation_gamma=float alpha=float transA=int transB=int transBatchA=int transBatchB=int
GatedAdd 1: T T T > T; T=float
GatedDeltaNet 1: T T T TI? TS? TS? TS? TS? TS? TI? TI? > T TS? TS?; T=float TS=f32 TI=i32; beta_activation=string
  chunk_size=int gate_activation=string qk_l2_norm=int scale=float state_update_capacity=int update_rule=string
GatedRMSNorm 1: T T T > T; T=float; epsilon=float
GatedRelativePositionBias 1: T T T T T T M? > T; T=float M=i32; num_heads=int!
GatherBlockQuantized 1: T1 Tind T2 T1? > T2; T1=u8 T2=float Tind=index; bits=int block_size=int gather_axis=int
  quantize_axis=int
GatherND 1: T Tind > T; T=any Tind=index
Gelu 1: T > T; T=float
GemmFastGelu 1: T T T? > T; T=float
GemmFloat8 1: TA TB TC? TS? TS? TS? > TR; TA=float TB=float TC=float TR=float TS=f32; activation=string alpha=float
  beta=float dtype=int transA=int transB=int
GemmaRotaryEmbedding 1: U T T T T > T T; T=f16 U=f32
GreedySearch 1: I I I? T? I? I? I? > I; T=f32 I=i32; decoder=graph! decoder_start_token_id=int encoder=graph
  eos_token_id=int! init_decoder=graph model_type=int no_repeat_ngram_size=int pad_token_id=int! vocab_size=int
GridSample 1: T1 T1 > T2; T1=any T2=float; align_corners=int mode=string padding_mode=string
GroupNorm 1: T M M > T; T=float M=float; activation=int! channels_last=int epsilon=float groups=int!
GroupQueryAttention 1: T T? T? T_CACHE? T_CACHE? M M T? T? i64? T? T? T_KV_SCALE? T_KV_SCALE? T? T? > T T_CACHE?
  T_CACHE? T?; T=float T_CACHE=f32|f16|u8 T_KV_SCALE=f32 M=i32; causal=int do_rotary=int k_quant_type=string
  kv_cache_bit_width=int kv_num_heads=int! local_window_size=int num_heads=int! qk_norm_epsilon=float qk_output=int
  rotary_interleaved=int scale=float sliding_window_cache=int smooth_softmax=int softcap=float v_quant_type=string
Inverse 1: T > T; T=float
Irfft 1: T > T; T=float; normalized=int onesided=int signal_ndim=int!
IsAllFinite 1: V* > T; V=float T=bool; isinf_only=int isnan_only=int
LinearAttention 1: T T T S? T? T? > T S; T=float S=float; chunk_size=int kv_num_heads=int! q_num_heads=int!
  scale=float state_window=int update_rule=string
LinearAttentionGate 1: T TF TF T? > T T?; T=float TF=f32
LongformerAttention 1: T T T T T T G > T; T=float G=i32; num_heads=int! window=int!
MRotaryEmbedding 1: T M T T > T; T=float M=i64; interleaved=int is_packed_batching=int mrope_layout=int
  mrope_section=ints! num_heads=int rotary_embedding_dim=int scale=float
MatMulBlockQuantizedFp4Weight 1: T T1 T2 T3 T3? T? > T; T=f16 T1=u8 T2=u8 T3=f32; block_size=int
MatMulBlockQuantizedFp8Weight 1: T T1 T2 T2? T? > T; T=f16 T1=other T2=f32; block_size=int
MatMulBnb4 1: T1 T2 T1 > T1; T1=float T2=u8; K=int! N=int! block_size=int! quant_type=int! training_mode=int
  transB=int
MatMulFpQ4 1: T1 T2 T3 > T1; T1=f32 T2=u8 T3=i64; blk_quant_type=int
MatMulInteger16 1: T1 T2 > T3; T1=other T2=other T3=i32|u32
MatMulIntegerToFloat 1: T1 T2 T3 T3 T1? T2? T3? > T3; T1=u8 T2=u8 T3=float
MatMulNBits 1: T1 T2 T1 T3? T4? T1? > T1; T1=float T2=u8 T3=f32|f16|u8 T4=i32; K=int! N=int! accuracy_level=int
  bits=int block_size=int! weight_prepacked=int
MatMulNBitsMlp 1: T1 T1? T1? T2 T1 T1? T2 T1 T1? > T1 T1?; T1=float T2=u8; K=int! N=int! accuracy_level=int
  activation=string! bits=int block_size=int! epsilon=float
MatMulNBitsQkv 1: T1 T1? T1 T2 T1 T1? T2 T1 T1? T2 T1 T1? > T1 T1 T1 T1?; T1=float T2=u8; K=int! Nkv=int! Nq=int!
  accuracy_level=int bits=int block_size=int! epsilon=float
MaxpoolWithMask 1: T i32 > T; T=f32; auto_pad=string kernel_shape=ints pads=ints storage_order=int strides=ints
MoE 1: T T T T? T T? T? T? > T; T=float; activation_alpha=float activation_beta=float activation_type=string k=int
  normalize_routing_weights=int swiglu_fusion=int swiglu_limit=float use_sparse_mixer=int
MulInteger 1: T T? T T? > T1; T=u8 T1=i32
MultiHeadAttention 1: T T? T? T? M? T? T? T? M? M? > T T? T? QK?; T=float QK=float M=i32; mask_filter_value=float
  num_heads=int! scale=float unidirectional=int
MurmurHash3 1: T1 > T2; T1=f32|i32|i64|u32 T2=i32|u32; positive=int seed=int
NGramHashMapping 1: M M M M? > M M?; M=index; max_ngram_size=int! n_head_per_ngram=int! pad_id=int!
NGramRepeatBlock 1: Tid T > T; Tid=i64 T=f32; ngram_size=int!
NhwcConv 1: T T T? > T; T=float; auto_pad=string dilations=ints group=int kernel_shape=ints pads=ints strides=ints
NhwcFusedConv 1: T T T? T? > T; T=float; activation=string activation_params=floats auto_pad=string dilations=ints
  group=int kernel_shape=ints pads=ints strides=ints
NhwcMaxPool 1: T > T; T=u8; auto_pad=string ceil_mode=int dilations=ints kernel_shape=ints! pads=ints strides=ints
PackedAttention 1: T T T M M T? > T; T=float M=i32; num_heads=int! qkv_hidden_sizes=ints scale=float
PackedMultiHeadAttention 1: T T? T? T? M M T? > T; T=float M=i32; mask_filter_value=float num_heads=int! scale=float
Pad 1: T i64 T? > T; T=float; mode=string
PagedAttention 1: T T? T? T_CACHE T_CACHE? S S S T? T? S? T? T? T? T_KV_SCALE? T_KV_SCALE? S? > T T_CACHE? T_CACHE?;
  T=f16 T_CACHE=f16|u8 T_KV_SCALE=f32 S=i32; do_rotary=int is_causal=int k_cache_dtype=string k_quant_type=string
  kv_cache_layout=string kv_num_heads=int! local_window_size=int num_heads=int! qk_norm_epsilon=float
  rotary_interleaved=int rotary_offset=int scale=float softcap=float v_cache_dtype=string v_head_size=int
  v_quant_type=string
QAttention 1: T1 T2 T3 T3 T3 T4? T1? T2? T3? > T3 T3?; T1=u8 T2=u8 T3=float T4=i32; do_rotary=int
  mask_filter_value=float num_heads=int! past_present_share_buffer=int scale=float unidirectional=int
QEmbedLayerNormalization 1: T1 T1? T2 T2 T2? T2 T2 T1? T T T? T T T2 T2 T2? T2 T2 > T T1; T1=i32 T2=u8 T=f32;
  epsilon=float
QGemm 1: TA T TA TB T TB TC? T? TYZ? > TY; T=f32 TA=u8 TB=u8 TC=i32 TYZ=u8 TY=f32|u8; alpha=float transA=int
  transB=int
QLinearAdd 1: T f32 T? T f32 T? f32 T? > T; T=u8
QLinearAveragePool 1: T f32 T? f32 T? > T; T=u8; auto_pad=string ceil_mode=int channels_last=int
  count_include_pad=int kernel_shape=ints! pads=ints strides=ints
QLinearConcat 1: TF T8 TV~ > T8; T8=u8 TF=f32 TV=f32|u8; axis=int!
QLinearConv 1: T1 f32 T1 T2 f32 T2 f32 T3 T4? > T3; T1=u8 T2=u8 T3=u8 T4=i32; auto_pad=string channels_last=int
  dilations=ints group=int kernel_shape=ints pads=ints strides=ints
QLinearGlobalAveragePool 1: T f32 T f32 T > T; T=u8; channels_last=int
QLinearLeakyRelu 1: T f32 T? f32 T? > T; T=u8; alpha=float
QLinearMul 1: T f32 T? T f32 T? f32 T? > T; T=u8
QLinearReduceMean 1: T f32 T? f32 T? > T; T=u8; axes=ints! keepdims=int!
QLinearSigmoid 1: T f32 T? f32 T? > T; T=u8
QLinearSoftmax 1: T f32 T? f32 T > T; T=u8; axis=int opset=int!
QLinearWhere 1: B T TF T T TF T TF T > T; B=bool TF=f32 T=u8
QMoE 1: T T T1 T2? T? T1 T2? T? T1? T2? T? T1? T1? T1? T? T4? T4? T4? T4? T2? T2? > T; T=float T1=u8 T2=float
  T4=f32; activation_alpha=float activation_beta=float activation_type=string block_size=int expert_weight_bits=int
  k=int normalize_routing_weights=int quant_type=string swiglu_fusion=int swiglu_limit=float use_sparse_mixer=int
  weights_prepacked=int
QOrderedAttention 1: Q S S S S Q Q Q S S S S S S S? S? S G? Q? S? > Q; Q=other S=f32 G=i32; num_heads=int!
  order_input=int! order_output=int! order_weight=int! qkv_hidden_sizes=ints unidirectional=int
QOrderedGelu 1: Q S S > Q; Q=other S=f32; order_X=int order_Y=int
QOrderedLayerNormalization 1: Q S F F? S > Q; F=float S=f32 Q=other; axis=int epsilon=float order_X=int order_Y=int
QOrderedLongformerAttention 1: Q S Q S S S S F Q S S S G S > Q; Q=other S=f32 G=i32 F=f16; num_heads=int!
  order_global_weight=int! order_input=int! order_output=int! order_weight=int! window=int!
QOrderedMatMul 1: Q S Q S S S? Q? S? > Q; Q=other S=f32; order_A=int! order_B=int! order_Y=int!
QuantizeBFP 1: T1 > T2 T3 T3; T1=float T2=u8 T3=i64; bfp_type=int! block_dim=int
QuantizeLinear 1: T1 T1 T2? > T2; T1=float T2=u8; axis=int
QuantizeWithOrder 1: F S > Q; Q=other F=float S=f32; order_input=int! order_output=int!
QuickGelu 1: T > T; T=float; alpha=float
Range 1: T T T? > T; T=f32|i32|i64
ReduceSumInteger 1: T1 > T2; T1=u8 T2=i32|u32; axes=ints! keepdims=int!
RelativePositionBias 1: T U U > T; T=float U=i64; is_bidirectional=int max_distance=int!
RemovePadding 1: T M > T M M M; T=float M=i32
RestorePadding 1: T M > T; T=float M=i32
Rfft 1: T > T; T=float; normalized=int onesided=int signal_ndim=int
RotaryEmbedding 1: T M T T > T; T=float M=i64; interleaved=int is_packed_batching=int num_heads=int
  rotary_embedding_dim=int scale=float
SampleOp 1: T > T; T=f32|f16|i32|i64|u32
Sampling 1: I I I? T? I? I? I? I? I? > I T?; T=f32 I=i32; custom=int decoder=graph! decoder_start_token_id=int
  encoder=graph eos_token_id=int! filter_value=float init_decoder=graph min_tokens_to_keep=int model_type=int
  no_repeat_ngram_size=int pad_token_id=int! presence_penalty=float temperature=float top_p=float vocab_size=int
SkipGroupNorm 1: T M M T T? > T T?; T=float M=float; activation=int! channels_last=int epsilon=float groups=int!
SkipLayerNormalization 1: T T T T? T? > T U? U? T?; T=float U=f32; epsilon=float
SkipSimplifiedLayerNormalization 1: T T T T? > T U? U? T?; T=float U=f32; epsilon=float
Snpe 1: T* > T*; T=f32|u8; DLC=string! notes=string snpe_version=string target_device=string
SparseAttention 1: T T? T? T T M M M M T? T? > T T T; T=float M=i32; do_rotary=int kv_num_heads=int! num_heads=int!
  rotary_interleaved=int scale=float sparse_block_size=int!
SparseToDenseMatMul 1: T T1 > T1; T=other T1=f32|i32|i64|u32; alpha=float transA=int transB=int
Tokenizer 1: T > T; T=other; mark=int! mincharnum=int! pad_value=string! separators=strings tokenexp=string
TorchEmbedding 1: T i64 i64? bool? > T; T=number
TransposeMatMul 1: T T > T; T=float; alpha=float transA=int transB=int
Trilu 1: T i64? > T; T=any; upper=int
UnfoldTensor 1: T > T; T=any; dim=int size=int! step=int
Unique 1: T > T i64 i64; T=any
VarlenCausalConvWithState 1: T T M T? T M? > T T T?; T=float M=i32; activation=string dilation=int
  state_update_capacity=int
WhisperBeamSearch 1: F I I? I I T? T? M? M? I? I? I? I? I? T? > I T? T? V? T?; T=float F=f32|f16|i32 I=i32 M=i32
  V=f32; beginning_timestamp_token_id=int decoder=graph! decoder_output_cross_qk=int decoder_start_token_id=int
  early_stopping=int encoder=graph eos_token_id=int! init_decoder=graph model_type=int no_repeat_ngram_size=int
  no_speech_token_id=int no_timestamps_token_id=int pad_token_id=int! start_of_lm_token_id=int
  transcribe_token_id=int translate_token_id=int vocab_size=int
WordConvEmbedding 1: T T1 T1 T1 > T1; T=i32 T1=f32; char_embedding_size=int conv_window_size=int embedding_size=int
`;
