/// The element types that device memory holds.
public enum ElementType: Sendable, Hashable {
  case float32, int32, uint32, uint8

  /// Bytes of one element.
  public var size: Int { self == .uint8 ? 1 : 4 }
}

/// A Swift type that has a counterpart in device memory.
public protocol DeviceElement: Sendable, BitwiseCopyable {
  /// The counterpart.
  static var elementType: ElementType { get }
  /// The value that fresh memory holds.
  static var zero: Self { get }
}

extension Float: DeviceElement {
  /// `.float32`
  public static var elementType: ElementType { .float32 }
}
extension Int32: DeviceElement {
  /// `.int32`
  public static var elementType: ElementType { .int32 }
}
extension UInt32: DeviceElement {
  /// `.uint32`
  public static var elementType: ElementType { .uint32 }
}
extension UInt8: DeviceElement {
  /// `.uint8`
  public static var elementType: ElementType { .uint8 }
}

/// How long a tensor's contents must last.
public enum TensorLifetime: Sendable {
  /// Until the tensor is released.
  case persistent
  /// Only within one `Device.run`: written and read by operations of the same run and the same
  /// number of members, never by the host. A device may let members that do not run at the same
  /// time share the memory.
  case step
}

/// Memory of a device, owned by the tensors that view it.
public protocol TensorStorage: AnyObject, Sendable {}

/// A view of device memory with a leading member axis.
///
/// To users of a device every tensor is dense and row-major: `[member] + shape`. The layout of the
/// elements in memory (`layout`) is known to the device alone; `Device.write` and `Device.read`
/// convert.
public struct Tensor: Sendable {
  /// Number of members. A tensor with one member may be handed, where an operation says so, to
  /// an operation of many members: all of them then read the same values.
  public let members: Int
  /// Extents for one member, slowest first.
  public let shape: [Int]
  /// Type of the elements.
  public let elementType: ElementType

  package let storage: any TensorStorage
  /// Elements from the beginning of the storage to the first element of member 0.
  package let offset: Int
  /// Elements from one member's first element to the next one's.
  package let memberStride: Int
  package let layout: Layout

  /// How the elements of one member lie in memory.
  package enum Layout: Sendable, Hashable {
    /// Row-major over `shape`.
    case dense
    /// `[batch, channel / block, row, column, block]`, for shapes of four extents.
    case blockedChannels(Int)
  }

  package init(
    members: Int, shape: [Int], elementType: ElementType, storage: any TensorStorage,
    offset: Int = 0, memberStride: Int, layout: Layout = .dense
  ) {
    self.members = members
    self.shape = shape
    self.elementType = elementType
    self.storage = storage
    self.offset = offset
    self.memberStride = memberStride
    self.layout = layout
  }

  /// Number of elements of one member.
  public var count: Int { shape.reduce(1, *) }

  /// A dense part of a dense tensor: `shape` starting `offset` elements into each member.
  public func view(at offset: Int, shape: [Int]) -> Tensor {
    precondition(layout == .dense, "only dense tensors have views")
    precondition(
      offset >= 0 && offset + shape.reduce(1, *) <= count, "view exceeds the tensor it is taken of")
    return Tensor(
      members: members, shape: shape, elementType: elementType, storage: storage,
      offset: self.offset + offset, memberStride: memberStride)
  }
}

extension Tensor {
  /// How many of this tensor's members, one after the other, each member of `input` serves, for an
  /// operation whose input may have fewer members than its output.
  package func membersServed(by input: Tensor) -> Int {
    precondition(
      members % input.members == 0,
      "\(input.members) members cannot serve \(members): they do not divide them evenly")
    return members / input.members
  }
}
