/// A convolution's weights, converted between their dense order and the one that a primitive wants.
struct OneDNNWeights: @unchecked Sendable {
  private let dense: CPUView<Float>
  private let reorder: OneDNNPrimitive?
  private let copy: CPUView<Float>?
  private let count: Int

  init(
    _ convolution: OneDNNConvolution, _ weight: Tensor, toPrimitive: Bool, device: CPUDevice
  ) throws {
    dense = CPUView(weight)
    count = weight.count
    let wanted = try unwrap(convolution.primitive.layouts[.weights])
    reorder = try device.oneDNN.prepare { [oneDNN = device.oneDNN] in
      let own = try unwrap(OneDNNLayout.dense(weight.shape))
      return toPrimitive ? try oneDNN.reorder(own, wanted) : try oneDNN.reorder(wanted, own)
    }
    copy =
      reorder == nil || !toPrimitive
      ? nil
      : CPUView(
        try device.makeTensor(
          members: weight.members, shape: [convolution.weightCount], elementType: .float32,
          lifetime: .step))
  }

  /// The weights in the primitive's order; one thread converts them for the team.
  func converted(_ member: Int, _ team: Team) -> UnsafeMutablePointer<Float> {
    guard let reorder, let copy else { return dense[member, team] }
    let target = copy[member, team]
    team.once {
      reorder.execute(
        thread: team.thread, .init(source: dense[member, team], destination: target))
    }
    return target
  }

  /// Stores a gradient that a primitive wrote.
  func write(from values: UnsafeMutablePointer<Float>, _ member: Int, _ team: Team) {
    team.once {
      if let reorder {
        reorder.execute(
          thread: team.thread, .init(source: values, destination: dense[member, team]))
      } else {
        dense[member, team].update(from: values, count: count)
      }
    }
  }
}
