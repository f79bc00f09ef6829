extension OpenCLDevice {
  /// `Device.makeTensor`.
  public func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    let count = shape.reduce(1, *)
    precondition(members > 0 && count > 0, "a tensor has at least one member and one element")
    // Kernels count the elements of a member in 32 bits.
    guard count <= Int(Int32.max) else {
      throw DeviceError(
        "a tensor of \(shape) has more than 2^31 elements per member, which OpenCL devices do not "
          + "take: choose a smaller batch")
    }
    let bytes = members * count * elementType.size
    func make() throws -> OpenCLStorage { try OpenCLStorage(bytes: bytes, device: self) }
    return Tensor(
      members: members, shape: shape, elementType: elementType,
      storage: lifetime == .step ? try stepMemory.piece(of: bytes, make) : try make(),
      offset: OpenCLStorage.leadingElements(of: elementType), memberStride: count)
  }

  /// `Device.makeActivation`: dense memory, as all on this device.
  public func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    precondition(shape.count == 4, "an activation has four extents")
    return try makeTensor(
      members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }

  /// `Device.memoryUse`: what buffers were asked for; drivers may round up.
  public var memoryUse: MemoryUse { memory.use }

  /// `Device.measuring`.
  public func measuring() throws -> any Device { try OpenCLDevice(measuring: self) }

  /// `Device.sharingStepMemory`.
  public func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    try stepMemory.share(prepare)
  }

  /// `Device.write`.
  public func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws {
    precondition(Element.elementType == tensor.elementType, "the element types differ")
    precondition(values.count == tensor.members * tensor.count, "the counts differ")
    if isMeasuring { return }
    let storage = storage(of: tensor)
    try values.withUnsafeBytes { bytes in
      for piece in OpenCLDevice.pieces(of: tensor) {
        try storage.write(
          UnsafeRawBufferPointer(rebasing: bytes[piece.values]), at: piece.offset, self)
      }
    }
  }

  /// `Device.read`.
  public func read<Element: DeviceElement>(
    _ tensor: Tensor, as type: Element.Type
  ) throws -> [Element] {
    precondition(Element.elementType == tensor.elementType, "the element types differ")
    precondition(!isMeasuring, "a device that only measures has nothing to read")
    let storage = storage(of: tensor)
    let count = tensor.members * tensor.count
    return try [Element](unsafeUninitializedCapacity: count) { values, initialized in
      let bytes = UnsafeMutableRawBufferPointer(values)
      for piece in OpenCLDevice.pieces(of: tensor) {
        try storage.read(
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[piece.values]), at: piece.offset,
          self)
      }
      initialized = count
    }
  }

  /// The buffer behind a tensor of this device.
  func storage(of tensor: Tensor) -> OpenCLStorage {
    guard let storage = tensor.storage as? OpenCLStorage else {
      preconditionFailure("the tensor belongs to another device")
    }
    return storage
  }

  /// The contiguous pieces of a tensor in bytes: where each begins in the buffer, and where its
  /// values lie among the tensor's dense values.
  private static func pieces(of tensor: Tensor) -> [(offset: Int, values: Range<Int>)] {
    let element = tensor.elementType.size
    let isWhole = tensor.members == 1 || tensor.memberStride == tensor.count
    let size = (isWhole ? tensor.members : 1) * tensor.count * element
    return (0..<(isWhole ? 1 : tensor.members)).map { piece in
      (
        (tensor.offset + piece * tensor.memberStride) * element,
        piece * size..<(piece + 1) * size
      )
    }
  }
}
