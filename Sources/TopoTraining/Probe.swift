import TopoCompute
import TopoData
import TopoNetworks

/// Inference on a few images beside training, the same ones for all members and epochs.
struct Probe: Sendable {
  private let images: Tensor
  private let labels: Tensor
  private let order: Tensor
  private let inference: BatchedInference

  /// Prepares inference on as many images, of the same shape, as `set` has; nil if it has none.
  init?(
    _ set: ImageSet?, parameters: ParameterArena, batch: Int, normalization: Normalization,
    device: any Device
  ) throws {
    guard let set, set.count > 0 else { return nil }
    let shape = set.shape
    images = try device.makeTensor(
      members: 1, shape: [set.count, shape.channels, shape.rows, shape.columns],
      elementType: .uint8, lifetime: .persistent)
    labels = try device.makeTensor(
      members: 1, shape: [set.count], elementType: .int32, lifetime: .persistent)
    order = try device.makeTensor(
      members: 1, shape: [set.count], elementType: .int32, lifetime: .persistent)
    inference = try BatchedInference(
      parameters, images: images, labels: labels, order: order, batch: batch,
      normalization: normalization, device: device)
  }

  /// Writes the images to the device.
  func present(_ set: ImageSet, device: any Device) throws {
    try device.write(set.images, to: images)
    try device.write(set.labels, to: labels)
    try device.write(Array(0..<Int32(set.count)), to: order)
  }

  /// The sheet of every member before ReLU, dense `[image, unit]`.
  /// - Throws: `DeviceError`.
  func responses(on device: any Device) throws -> [[Float]] {
    let (rows, units) = (inference.sheet.shape[0], inference.sheet.shape[1])
    var responses = [[Float]](repeating: [], count: inference.sheet.members)
    for member in responses.indices { responses[member].reserveCapacity(order.count * units) }
    try inference.run(on: device) { _, images in
      let values = try device.read(inference.sheet, as: Float.self)
      for member in responses.indices {
        let start = member * rows * units
        responses[member] += values[start..<start + images * units]
      }
    }
    return responses
  }
}
