import Foundation
import TopoCompute

/// Elements on the host, of any type, as bit patterns: they compare bit for bit.
struct HostValues: Sendable, Hashable {
  let elementType: ElementType
  var bits: [UInt32]

  var count: Int { bits.count }

  init(elementType: ElementType, bits: [UInt32]) {
    self.elementType = elementType
    self.bits = bits
  }

  init<Element: DeviceElement>(_ values: [Element]) {
    elementType = Element.elementType
    bits = values.withUnsafeBytes { bytes in
      Element.elementType.size == 1
        ? bytes.map { UInt32($0) } : Array(bytes.bindMemory(to: UInt32.self))
    }
  }

  init(doubles: [Double], elementType: ElementType) {
    self.elementType = elementType
    bits = doubles.map { value in
      switch elementType {
      case .float32: Float(value).bitPattern
      case .int32: UInt32(bitPattern: Int32(value))
      case .uint32: UInt32(value)
      case .uint8: UInt32(value)
      }
    }
  }

  /// The elements as numbers, exactly.
  var doubles: [Double] {
    [Double](unsafeUninitializedCapacity: count) { doubles, initialized in
      bits.withUnsafeBufferPointer { bits in
        var index = 0
        while index < bits.count {
          switch elementType {
          case .float32: doubles[index] = Double(Float(bitPattern: bits[index]))
          case .int32: doubles[index] = Double(Int32(bitPattern: bits[index]))
          case .uint32, .uint8: doubles[index] = Double(bits[index])
          }
          index &+= 1
        }
      }
      initialized = count
    }
  }

  /// First position where the bits differ from those of as many other values.
  func firstDifference(from other: HostValues) -> Int? {
    precondition(count == other.count)
    let same = bits.withUnsafeBytes { own in
      other.bits.withUnsafeBytes { own.elementsAreEqual(to: $0) }
    }
    return same ? nil : bits.indices.first { bits[$0] != other.bits[$0] }
  }

  /// The elements as an array of the type that `elementType` stands for.
  func elements<Element: DeviceElement>() -> [Element] {
    precondition(Element.elementType == elementType, "the elements are of another type")
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      if elementType.size == 1 {
        for index in bits.indices { bytes[index] = UInt8(truncatingIfNeeded: bits[index]) }
      } else {
        bits.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
      initialized = count
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Tests run unoptimized, where comparing element by element would take most of their time.
  fileprivate func elementsAreEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count, let own = baseAddress, let other = other.baseAddress else {
      return count == other.count
    }
    return memcmp(own, other, count) == 0
  }
}

extension Device {
  /// `write` for elements of any type.
  func write(_ values: HostValues, to tensor: Tensor) throws {
    switch values.elementType {
    case .float32: try write(values.elements() as [Float], to: tensor)
    case .int32: try write(values.elements() as [Int32], to: tensor)
    case .uint32: try write(values.elements() as [UInt32], to: tensor)
    case .uint8: try write(values.elements() as [UInt8], to: tensor)
    }
  }

  /// `read` for elements of any type.
  func readValues(_ tensor: Tensor) throws -> HostValues {
    switch tensor.elementType {
    case .float32: HostValues(try read(tensor, as: Float.self))
    case .int32: HostValues(try read(tensor, as: Int32.self))
    case .uint32: HostValues(try read(tensor, as: UInt32.self))
    case .uint8: HostValues(try read(tensor, as: UInt8.self))
    }
  }
}
