/// Shapes that a mistake in a program, never input, makes wrong.
extension Tensor {
  /// Traps unless the tensor is dense float32 (or `type`) of `shape`, with `members` members, or
  /// with one where it may be shared.
  func expect(
    _ shape: [Int], members: Int, type: ElementType = .float32, shared: Bool = false,
    _ name: @autoclosure () -> String
  ) {
    precondition(self.shape == shape, "\(name()) has shape \(self.shape), not \(shape)")
    precondition(elementType == type, "\(name()) holds \(elementType), not \(type)")
    precondition(layout == .dense, "\(name()) is not dense")
    precondition(
      self.members == members || (shared && self.members == 1),
      "\(name()) has \(self.members) members, not \(members)")
  }

  /// Extents `[batch, channel, row, column]` of an activation.
  var activation: (batch: Int, channels: Int, rows: Int, columns: Int) {
    precondition(shape.count == 4, "an activation has four extents, not \(shape.count)")
    return (shape[0], shape[1], shape[2], shape[3])
  }
}
