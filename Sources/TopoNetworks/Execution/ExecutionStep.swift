import TopoCompute

/// What one forward operation computes: a layer, or three layers at once.
struct ExecutionStep: Sendable, Hashable {
  /// Indices of the layers that the operation computes.
  let layers: Range<Int>

  /// Index of the layer whose parameters the operation takes: the first.
  var layer: Int { layers.lowerBound }

  /// Whether a batch normalization also does the ReLU and the max pooling that follow it.
  var isFused: Bool { layers.count > 1 }

  /// A step of one layer.
  init(_ layer: Int) { layers = layer..<layer + 1 }

  /// A step that fuses a batch normalization with the two layers after it.
  init(fusing normalization: Int) { layers = normalization..<normalization + 3 }
}

extension Architecture {
  /// The steps that compute some layers, in the order in which they are computed.
  ///
  /// This is the only place that decides on order and fusion:
  /// - Training fuses batch normalization, ReLU and max pooling if `isPooled(normalization:)`
  ///   allows it. Inference never fuses.
  /// - Max pooling goes before a ReLU that it follows. The two commute, in values and in gradients,
  ///   and the ReLU then has less to do.
  func executionSteps(_ range: Range<Int>, isTraining: Bool) -> [ExecutionStep] {
    var steps: [ExecutionStep] = []
    var index = range.lowerBound
    while index < range.upperBound {
      if isTraining, index + 2 < range.upperBound, isPooled(normalization: index) {
        steps.append(ExecutionStep(fusing: index))
        index += 3
      } else if index + 1 < range.upperBound, case .relu = layers[index],
        case .maxPooling = layers[index + 1]
      {
        steps += [ExecutionStep(index + 1), ExecutionStep(index)]
        index += 2
      } else {
        steps.append(ExecutionStep(index))
        index += 1
      }
    }
    return steps
  }

  /// Whether a batch normalization is followed by a ReLU and by max pooling in 2 x 2 windows that
  /// tile what it reads, so that one operation can do all three in training.
  public func isPooled(normalization index: Int) -> Bool {
    let shape = inputShape(ofLayer: index)
    guard index + 2 < layers.count, case .batchNormalization = layers[index],
      case .relu = layers[index + 1], case .maxPooling(let window) = layers[index + 2]
    else { return false }
    return window == Window(2, stride: 2) && shape[1] % 2 == 0 && shape[2] % 2 == 0
  }

  /// Which of the network's dropout layers a layer is: 0 for the first. Dropout layers draw
  /// different masks by it.
  func dropoutStream(ofLayer index: Int) -> Int {
    layers[..<index].count { if case .dropout = $0 { true } else { false } }
  }
}
