extension CPUDevice {
  /// `Device.write`.
  public func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws {
    precondition(tensor.elementType == Element.elementType, "element types differ")
    precondition(values.count == tensor.members * tensor.count, "wrong number of values")
    if isMeasuring { return }
    let view = CPUView<Element>(tensor)
    values.withUnsafeBufferPointer { values in
      guard let source = values.baseAddress else { return }
      for member in 0..<tensor.members {
        let (from, to) = (source + member * tensor.count, view[member])
        switch tensor.layout {
        case .dense: to.update(from: from, count: tensor.count)
        case .blockedChannels(let block):
          BlockedIndex(tensor.shape, block: block).forEachRun { dense, blocked, channel in
            to[blocked] = from[dense]
          }
        }
      }
    }
  }

  /// `Device.read`.
  public func read<Element: DeviceElement>(
    _ tensor: Tensor, as type: Element.Type
  ) throws -> [Element] {
    precondition(tensor.elementType == Element.elementType, "element types differ")
    precondition(!isMeasuring, "a device that only measures has nothing to read")
    let view = CPUView<Element>(tensor)
    return [Element](unsafeUninitializedCapacity: tensor.members * tensor.count) { buffer, count in
      count = tensor.members * tensor.count
      guard let destination = buffer.baseAddress else { return }
      for member in 0..<tensor.members {
        let (from, to) = (view[member], destination + member * tensor.count)
        switch tensor.layout {
        case .dense: to.update(from: from, count: tensor.count)
        case .blockedChannels(let block):
          BlockedIndex(tensor.shape, block: block).forEachRun { dense, blocked, channel in
            to[dense] = from[blocked]
          }
        }
      }
    }
  }
}

/// Where the elements of `[batch, channel, row, column]` lie in blocks of channels.
struct BlockedIndex {
  let batch: Int
  let channels: Int
  let positions: Int
  let block: Int

  init(_ shape: [Int], block: Int) {
    (batch, channels, positions) = (shape[0], shape[1], shape[2] * shape[3])
    self.block = block
  }

  /// Calls `body` with the dense and the blocked index of every element, and its channel.
  @inline(__always)
  func forEachRun(_ body: (_ dense: Int, _ blocked: Int, _ channel: Int) -> Void) {
    var dense = 0
    for image in 0..<batch {
      for channel in 0..<channels {
        let start =
          (image * (channels / block) + channel / block) * positions * block + channel % block
        for position in 0..<positions {
          body(dense, start + position * block, channel)
          dense += 1
        }
      }
    }
  }
}
