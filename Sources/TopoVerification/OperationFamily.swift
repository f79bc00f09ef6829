/// What a case exercises: an operation of `Device`, or what operations stand on.
public enum OperationFamily: String, Sendable, Hashable, CaseIterable, Codable {
  case memory
  case gather
  case advance
  case convolution
  case convolutionBackwardData = "convolution, backward data"
  case convolutionBackwardWeight = "convolution, backward weight"
  case maxPooling = "max pooling"
  case maxPoolingBackward = "max pooling, backward"
  case globalAveragePooling = "global average pooling"
  case globalAveragePoolingBackward = "global average pooling, backward"
  case batchNormalization = "batch normalization"
  case batchNormalizationBackward = "batch normalization, backward"
  case batchNormalizationInference = "batch normalization, inference"
  case batchNormalizationPooled = "batch normalization, pooled"
  case batchNormalizationPooledBackward = "batch normalization, pooled, backward"
  case linear
  case linearBackwardData = "linear, backward data"
  case linearBackwardWeight = "linear, backward weight"
  case relu
  case reluBackward = "relu, backward"
  case dropout
  case softmaxCrossEntropy = "softmax cross-entropy"
  case attackStep = "attack step"
  case neighborPenalty = "neighbor penalty"
  case update
  /// Operations that hand tensors of `TensorLifetime.step` to one another.
  case sequence = "sequence of operations"
}

extension OperationFamily {
  /// How many sums of products of convolutions follow each other in its cases.
  var convolutions: Int {
    switch self {
    case .convolution, .convolutionBackwardData, .convolutionBackwardWeight: 1
    // Where rounding moves a value across zero, ReLU passes another gradient.
    case .sequence: 8
    default: 0
    }
  }

  /// What its algorithms are forced by (`OpenCLDevice.algorithmNames`), where it has a choice.
  public var algorithmKey: String? {
    switch self {
    case .convolution: "convolution"
    case .convolutionBackwardData: "convolution-backward-data"
    case .convolutionBackwardWeight: "convolution-backward-weight"
    case .linear, .linearBackwardData, .linearBackwardWeight: "linear"
    default: nil
    }
  }
}
