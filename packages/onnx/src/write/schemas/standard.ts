/**
 * What the standard operators of the sets 17 to 21 take and make, in the language of `operator-schema.ts`: taken from the schemas that the
 * package onnx 1.23 registers, as far as the element types of this package go.
 */
export const STANDARD_SCHEMAS = `
Abs 13: T > T; T=number
Acos 7: T > T; T=float
Acosh 9: T > T; T=float
Add 14: T T > T; T=number
AffineGrid 20: T1 T2 > T1; T1=float T2=i64; align_corners=int
And 7: T T > T1; T=bool T1=bool
ArgMax 13: T > i64; T=number; axis=int keepdims=int select_last_index=int
ArgMin 13: T > i64; T=number; axis=int keepdims=int select_last_index=int
Asin 7: T > T; T=float
Asinh 9: T > T; T=float
Atan 7: T > T; T=float
Atanh 9: T > T; T=float
AveragePool 11: T > T; T=float; auto_pad=string ceil_mode=int count_include_pad=int kernel_shape=ints! pads=ints
  strides=ints
AveragePool 19: T > T; T=float; auto_pad=string ceil_mode=int count_include_pad=int dilations=ints
  kernel_shape=ints! pads=ints strides=ints
BatchNormalization 15: T T1 T1 T2 T2 > T T2? T2?; T=float T1=float T2=float; epsilon=float momentum=float
  training_mode=int
Bernoulli 15: T1 > T2; T1=float T2=any; dtype=int seed=float
BitShift 11: T T > T; T=u32|u8; direction=string!
BitwiseAnd 18: T T > T; T=i32|i64|u32|u8
BitwiseNot 18: T > T; T=i32|i64|u32|u8
BitwiseOr 18: T T > T; T=i32|i64|u32|u8
BitwiseXor 18: T T > T; T=i32|i64|u32|u8
BlackmanWindow 17: T1 > T2; T1=index T2=number; output_datatype=int periodic=int
Cast 13: T1 > T2; T1=any T2=any; to=int!
Cast 19: T1 > T2; T1=any T2=any; saturate=int to=int!
CastLike 15: T1 T2 > T2; T1=any T2=any
CastLike 19: T1 T2 > T2; T1=any T2=any; saturate=int
Ceil 13: T > T; T=float
Celu 12: T > T; T=f32; alpha=float
CenterCropPad 18: T Tind > T; T=any Tind=index; axes=ints
Clip 13: T T? T? > T; T=number
Col2Im 18: T i64 i64 > T; T=any; dilations=ints pads=ints strides=ints
Compress 11: T T1 > T; T=any T1=bool; axis=int
Concat 13: T* > T; T=any; axis=int!
ConcatFromSequence 11: S > T; S=other T=any; axis=int! new_axis=int
Constant 13: > T; T=any; sparse_value=sparse value=tensor value_float=float value_floats=floats value_int=int
  value_ints=ints value_string=string value_strings=strings
ConstantOfShape 9: T1 > T2; T1=i64 T2=any; value=tensor
Conv 11: T T T? > T; T=float; auto_pad=string dilations=ints group=int kernel_shape=ints pads=ints strides=ints
ConvInteger 10: T1 T2 T1? T2? > T3; T1=u8 T2=u8 T3=i32; auto_pad=string dilations=ints group=int kernel_shape=ints
  pads=ints strides=ints
ConvTranspose 11: T T T? > T; T=float; auto_pad=string dilations=ints group=int kernel_shape=ints
  output_padding=ints output_shape=ints pads=ints strides=ints
Cos 7: T > T; T=float
Cosh 9: T > T; T=float
CumSum 14: T T2 > T; T=f32|f16|i32|i64|u32 T2=index; exclusive=int reverse=int
DFT 17: T1 T2? > T1; T1=float T2=index; axis=int inverse=int onesided=int
DFT 20: T1 T2? i64? > T1; T1=float T2=index; inverse=int onesided=int
DeformConv 19: T T T T? T? > T; T=float; dilations=ints group=int kernel_shape=ints offset_group=int pads=ints
  strides=ints
DepthToSpace 13: T > T; T=any; blocksize=int! mode=string
DequantizeLinear 13: T f32 T? > f32; T=i32|u8; axis=int
DequantizeLinear 19: T1 T2 T1? > T2; T1=i32|u8 T2=float; axis=int
DequantizeLinear 21: T1 T2 T1? > T2; T1=i32|u8 T2=float; axis=int block_size=int
Det 11: T > T; T=float
Div 14: T T > T; T=number
Dropout 13: T T1? T2? > T T2?; T=float T1=float T2=bool; seed=int
DynamicQuantizeLinear 11: T1 > T2 f32 T2; T1=f32 T2=u8
Einsum 12: T* > T; T=number; equation=string!
Elu 6: T > T; T=float; alpha=float
Equal 13: T T > T1; T=any T1=bool
Erf 13: T > T; T=float
Exp 13: T > T; T=float
Expand 13: T i64 > T; T=any
EyeLike 9: T1 > T2; T1=any T2=any; dtype=int k=int
Flatten 13: T > T; T=any; axis=int
Floor 13: T > T; T=float
GRU 14: T T T T? T1? T? > T? T?; T=float T1=i32; activation_alpha=floats activation_beta=floats activations=strings
  clip=float direction=string hidden_size=int layout=int linear_before_reset=int
Gather 13: T Tind > T; T=any Tind=index; axis=int
GatherElements 13: T Tind > T; T=any Tind=index; axis=int
GatherND 13: T i64 > T; T=any; batch_dims=int
Gelu 20: T > T; T=float; approximate=string
Gemm 13: T T T? > T; T=f32|f16|i32|i64|u32; alpha=float beta=float transA=int transB=int
GlobalAveragePool 1: T > T; T=float
GlobalLpPool 2: T > T; T=float; p=int
GlobalMaxPool 1: T > T; T=float
Greater 13: T T > T1; T=number T1=bool
GreaterOrEqual 16: T T > T1; T=number T1=bool
GridSample 16: T1 T2 > T1; T1=any T2=float; align_corners=int mode=string padding_mode=string
GroupNormalization 21: T T T > T; T=float; epsilon=float num_groups=int! stash_type=int
HammingWindow 17: T1 > T2; T1=index T2=number; output_datatype=int periodic=int
HannWindow 17: T1 > T2; T1=index T2=number; output_datatype=int periodic=int
HardSigmoid 6: T > T; T=float; alpha=float beta=float
HardSwish 14: T > T; T=float
Hardmax 13: T > T; T=float; axis=int
Identity 16: V > V; V=any
If 16: B > V~; V=any B=bool; else_branch=graph! then_branch=graph!
ImageDecoder 20: T1 > T2; T1=u8 T2=u8; pixel_format=string
InstanceNormalization 6: T T T > T; T=float; epsilon=float
IsInf 10: T1 > T2; T1=f32 T2=bool; detect_negative=int detect_positive=int
IsInf 20: T1 > T2; T1=float T2=bool; detect_negative=int detect_positive=int
IsNaN 13: T1 > T2; T1=float T2=bool
LRN 13: T > T; T=float; alpha=float beta=float bias=float size=int!
LSTM 14: T T T T? T1? T? T? T? > T? T? T?; T=float T1=i32; activation_alpha=floats activation_beta=floats
  activations=strings clip=float direction=string hidden_size=int input_forget=int layout=int
LayerNormalization 17: T T T? > T U? U?; T=float U=f32; axis=int epsilon=float stash_type=int
LeakyRelu 16: T > T; T=float; alpha=float
Less 13: T T > T1; T=number T1=bool
LessOrEqual 16: T T > T1; T=number T1=bool
Log 13: T > T; T=float
LogSoftmax 13: T > T; T=float; axis=int
Loop 16: I? B? V~ > V~; V=any I=i64 B=bool; body=graph!
LpNormalization 1: T > T; T=float; axis=int p=int
LpPool 11: T > T; T=float; auto_pad=string kernel_shape=ints! p=int pads=ints strides=ints
LpPool 18: T > T; T=float; auto_pad=string ceil_mode=int dilations=ints kernel_shape=ints! p=int pads=ints
  strides=ints
MatMul 13: T T > T; T=f32|f16|i32|i64|u32
MatMulInteger 10: T1 T2 T1? T2? > T3; T1=u8 T2=u8 T3=i32
Max 13: T* > T; T=number
MaxPool 12: T > T I?; T=f32|f16|u8 I=i64; auto_pad=string ceil_mode=int dilations=ints kernel_shape=ints! pads=ints
  storage_order=int strides=ints
MaxRoiPool 1: T T > T; T=float; pooled_shape=ints! spatial_scale=float
MaxUnpool 11: T1 T2 T2? > T1; T1=float T2=i64; kernel_shape=ints! pads=ints strides=ints
Mean 13: T* > T; T=float
MeanVarianceNormalization 13: T > T; T=float; axes=ints
MelWeightMatrix 17: T1 T1 T1 T2 T2 > T3; T1=index T2=float T3=number; output_datatype=int
Min 13: T* > T; T=number
Mish 18: T > T; T=float
Mod 13: T T > T; T=number; fmod=int
Mul 14: T T > T; T=number
Multinomial 7: T1 > T2; T1=float T2=index; dtype=int sample_size=int seed=float
Neg 13: T > T; T=f32|f16|i32|i64
NegativeLogLikelihoodLoss 13: T Tind T? > T; T=float Tind=index; ignore_index=int reduction=string
NonMaxSuppression 11: f32 f32 i64? f32? f32? > i64; ; center_point_box=int
NonZero 13: T > i64; T=any
Not 1: T > T; T=bool
OneHot 11: T1 T2 T3 > T3; T1=number T2=number T3=any; axis=int
Optional 15: V? > O; V=any O=other; type=type
OptionalGetElement 15: O > V; O=other V=any
OptionalGetElement 18: O > V; O=any V=any
OptionalHasElement 15: O > B; O=other B=bool
OptionalHasElement 18: O? > B; O=any B=bool
Or 7: T T > T1; T=bool T1=bool
PRelu 16: T T > T; T=f32|f16|i32|i64|u32
Pad 13: T i64 T? > T; T=any; mode=string
Pad 18: T i64 T? Tind? > T; T=any Tind=index; mode=string
Pow 15: T T1 > T; T=f32|f16|i32|i64 T1=number
QLinearConv 10: T1 f32 T1 T2 f32 T2 f32 T3 T4? > T3; T1=u8 T2=u8 T3=u8 T4=i32; auto_pad=string dilations=ints
  group=int kernel_shape=ints pads=ints strides=ints
QLinearMatMul 10: T1 f32 T1 T2 f32 T2 f32 T3 > T3; T1=u8 T2=u8 T3=u8
QLinearMatMul 21: T1 TS T1 T2 TS T2 TS T3 > T3; TS=float T1=u8 T2=u8 T3=u8
QuantizeLinear 13: T1 f32 T2? > T2; T1=f32|i32 T2=u8; axis=int
QuantizeLinear 19: T1 T1 T2? > T2; T1=f32|f16|i32 T2=u8; axis=int saturate=int
QuantizeLinear 21: T1 T1 T2? > T2; T1=f32|f16|i32 T2=u8; axis=int block_size=int output_dtype=int saturate=int
RNN 14: T T T T? T1? T? > T? T?; T=float T1=i32; activation_alpha=floats activation_beta=floats activations=strings
  clip=float direction=string hidden_size=int layout=int
RandomNormal 1: > T; T=float; dtype=int mean=float scale=float seed=float shape=ints!
RandomNormalLike 1: T1 > T2; T1=any T2=float; dtype=int mean=float scale=float seed=float
RandomUniform 1: > T; T=float; dtype=int high=float low=float seed=float shape=ints!
RandomUniformLike 1: T1 > T2; T1=any T2=float; dtype=int high=float low=float seed=float
Range 11: T T T > T; T=f32|i32|i64
Reciprocal 13: T > T; T=float
ReduceL1 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceL1 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceL2 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceL2 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceLogSum 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceLogSum 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceLogSumExp 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceLogSumExp 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceMax 13: T > T; T=number; axes=ints keepdims=int
ReduceMax 18: T i64? > T; T=number; keepdims=int noop_with_empty_axes=int
ReduceMax 20: T i64? > T; T=any; keepdims=int noop_with_empty_axes=int
ReduceMean 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceMean 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceMin 13: T > T; T=number; axes=ints keepdims=int
ReduceMin 18: T i64? > T; T=number; keepdims=int noop_with_empty_axes=int
ReduceMin 20: T i64? > T; T=any; keepdims=int noop_with_empty_axes=int
ReduceProd 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceProd 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceSum 13: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
ReduceSumSquare 13: T > T; T=f32|f16|i32|i64|u32; axes=ints keepdims=int
ReduceSumSquare 18: T i64? > T; T=f32|f16|i32|i64|u32; keepdims=int noop_with_empty_axes=int
RegexFullMatch 20: T1 > T2; T1=other T2=bool; pattern=string
Relu 14: T > T; T=f32|f16|i32|i64
Reshape 14: T i64 > T; T=any; allowzero=int
Resize 13: T1 T2? f32? i64? > T1; T1=any T2=float; coordinate_transformation_mode=string cubic_coeff_a=float
  exclude_outside=int extrapolation_value=float mode=string nearest_mode=string
Resize 18: T1 T2? f32? i64? > T1; T1=any T2=float; antialias=int axes=ints coordinate_transformation_mode=string
  cubic_coeff_a=float exclude_outside=int extrapolation_value=float keep_aspect_ratio_policy=string mode=string
  nearest_mode=string
ReverseSequence 10: T i64 > T; T=any; batch_axis=int time_axis=int
RoiAlign 16: T1 T1 T2 > T1; T1=float T2=i64; coordinate_transformation_mode=string mode=string output_height=int
  output_width=int sampling_ratio=int spatial_scale=float
Round 11: T > T; T=float
STFT 17: T1 T2 T1? T2? > T1; T1=float T2=index; onesided=int
Scan 16: V~ > V~; V=any; body=graph! num_scan_inputs=int! scan_input_axes=ints scan_input_directions=ints
  scan_output_axes=ints scan_output_directions=ints
ScatterElements 16: T Tind T > T; T=any Tind=index; axis=int reduction=string
ScatterND 16: T i64 T > T; T=any; reduction=string
Selu 6: T > T; T=float; alpha=float gamma=float
SequenceAt 11: S I > T; S=other T=any I=index
SequenceConstruct 11: T* > S; T=any S=other
SequenceEmpty 11: > S; S=other; dtype=int
SequenceErase 11: S I? > S; S=other I=index
SequenceInsert 11: S T I? > S; T=any S=other I=index
SequenceLength 11: S > I; S=other I=i64
SequenceMap 17: S V~ > S~; S=other V=any; body=graph!
Shape 15: T > T1; T=any T1=i64; end=int start=int
Shrink 9: T > T; T=number; bias=float lambd=float
Sigmoid 13: T > T; T=float
Sign 13: T > T; T=number
Sin 7: T > T; T=float
Sinh 9: T > T; T=float
Size 13: T > T1; T=any T1=i64
Slice 13: T Tind Tind Tind? Tind? > T; T=any Tind=index
Softmax 13: T > T; T=float; axis=int
SoftmaxCrossEntropyLoss 13: T Tind T? > T T?; T=float Tind=index; ignore_index=int reduction=string
Softplus 1: T > T; T=float
Softsign 1: T > T; T=float
SpaceToDepth 13: T > T; T=any; blocksize=int!
Split 13: T i64? > T*; T=any; axis=int
Split 18: T i64? > T*; T=any; axis=int num_outputs=int
SplitToSequence 11: T I? > S; T=any I=index S=other; axis=int keepdims=int
Sqrt 13: T > T; T=float
Squeeze 13: T i64? > T; T=any
StringConcat 20: T T > T; T=other
StringNormalizer 10: other > other; ; case_change_action=string is_case_sensitive=int locale=string
  stopwords=strings
StringSplit 20: T1 > T2 T3; T1=other T2=other T3=i64; delimiter=string maxsplit=int
Sub 14: T T > T; T=number
Sum 13: T* > T; T=float
Tan 7: T > T; T=float
Tanh 13: T > T; T=float
TfIdfVectorizer 9: T > T1; T=index T1=f32; max_gram_length=int! max_skip_count=int! min_gram_length=int!
  mode=string! ngram_counts=ints! ngram_indexes=ints! pool_int64s=ints pool_strings=strings weights=floats
ThresholdedRelu 10: T > T; T=float; alpha=float
Tile 13: T T1 > T; T=any T1=i64
TopK 11: T i64 > T I; T=number I=i64; axis=int largest=int sorted=int
Transpose 13: T > T; T=any; perm=ints
Trilu 14: T i64? > T; T=any; upper=int
Unique 11: T > T i64? i64? i64?; T=any; axis=int sorted=int
Unsqueeze 13: T i64 > T; T=any
Where 16: B T T > T; B=bool T=any
Xor 7: T T > T1; T=bool T1=bool
`;
