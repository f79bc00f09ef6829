import TopoCompute
import TopoFoundation

/// Cases at given sizes, for timing one layer or one part of a training step on a device. Shapes
/// are those of one member.
extension OperationCase {
  /// A convolution: forward, backward data and backward weight.
  /// - Parameter input: `[batch, channel, row, column]`.
  public static func convolution(
    _ window: Window, input: [Int], outputs: Int, members: Int
  ) -> [OperationCase] {
    precondition(input.count == 4, "images are [batch, channel, row, column]")
    let shape = ConvolutionShape(
      window, input[1], outputs, input[2], input[3], batch: input[0])
    return [
      Verification.forward(shape, members: members),
      Verification.backwardData(shape, members: members, size: .full),
      Verification.backwardWeight(shape, members: members),
    ]
  }

  /// Max pooling, forward and backward.
  /// - Parameter input: `[batch, channel, row, column]`.
  public static func maxPooling(
    _ window: Window, input: [Int], members: Int
  ) -> [OperationCase] {
    [
      Verification.maxPooling(window, input, members: members, size: .full),
      Verification.maxPoolingBackward(window, input, members: members, size: .full),
    ]
  }

  /// Global average pooling, forward and backward.
  /// - Parameter input: `[batch, channel, row, column]`.
  public static func globalAveragePooling(input: [Int], members: Int) -> [OperationCase] {
    [
      Verification.globalAveragePooling(input, members: members, size: .full),
      Verification.globalAveragePoolingBackward(input, members: members, size: .full),
    ]
  }

  /// Batch normalization: training, backward (in place, as in training) and inference.
  /// - Parameter shape: `[batch, channel, row, column]`.
  public static func batchNormalization(shape: [Int], members: Int) -> [OperationCase] {
    Verification.batchNormalization(shape, members: members)
  }

  /// Batch normalization, ReLU and 2 x 2 max pooling in one: training and backward.
  /// - Parameter shape: `[batch, channel, row, column]` of what is read, rows and columns even.
  public static func batchNormalizationPooled(shape: [Int], members: Int) -> [OperationCase] {
    Verification.batchNormalizationPooled(shape, members: members)
  }

  /// ReLU, forward and backward, in place.
  /// - Parameter shape: `[batch, channel, row, column]` or `[batch, value]`.
  public static func relu(shape: [Int], members: Int) -> [OperationCase] {
    let placement: Argument.Placement = shape.count == 4 ? .activation : .dense
    return [
      Verification.relu(shape, placement, members: members, size: .full, inPlace: true),
      Verification.reluBackward(shape, placement, members: members, size: .full, inPlace: true),
    ]
  }

  /// Dropout, which is its own backward pass.
  /// - Parameter shape: `[batch, value]`.
  public static func dropout(rate: Float, shape: [Int], members: Int) -> [OperationCase] {
    [Verification.dropout(shape, rate: rate, members: members, size: .full, inPlace: false)]
  }

  /// A linear layer: forward, backward data and backward weight.
  public static func linear(
    batch: Int, inputs: Int, outputs: Int, members: Int
  ) -> [OperationCase] {
    Verification.linear(
      batch: batch, inputs: inputs, outputs: outputs, members: members, size: .full)
  }

  /// Softmax cross-entropy with its gradient.
  public static func softmaxCrossEntropy(
    batch: Int, classes: Int, members: Int
  ) -> [OperationCase] {
    [
      Verification.lossCase(
        "\(classes.counted("class")), batch \(batch)", batch, classes, members: members)
    ]
  }

  /// The Euclidean penalty on a sheet's weights `[unit, input]` and on its activations
  /// `[image, unit]`, every member penalized with lambda 1.
  public static func penalties(
    rows: Int, columns: Int, inputs: Int, batch: Int, members: Int
  ) -> [OperationCase] {
    let shapes = [
      PenaltyShape(
        "weights", rows: rows, columns: columns, features: inputs, members: members, .rectified),
      PenaltyShape(
        "activations", .transposed, rows: rows, columns: columns, features: batch,
        members: members, .rectified),
    ]
    return shapes.map { Verification.penaltyCase(.euclidean, $0, lambdas: [1]) }
  }

  /// Adam over a member's parameters.
  public static func adam(parameters: Int, members: Int) -> [OperationCase] {
    [
      Verification.optimizerCase(
        "Adam", .adam(), count: parameters, members: members, steps: 100)
    ]
  }

  /// A batch gathered from images in the device's memory.
  /// - Parameter image: `[channel, row, column]`.
  public static func gather(batch: Int, image: [Int], members: Int) -> [OperationCase] {
    [
      Verification.gatherCase(
        image.map(String.init).joined(separator: " x "), image, batch: batch, order: batch * 8,
        images: 1024, members: members)
    ]
  }
}
