import TopoCompute
import TopoFoundation

extension Verification {
  /// Writing, reading, views and fresh memory.
  static func memoryCases() -> [OperationCase] {
    var cases = [(1, 1), (3, 2), (33, 5)].map { channels, members in
      let shape = [3, channels, 5, 7]
      return OperationCase(
        .memory, "what was written, \(channels.counted("channel"))",
        size: channels > 3 ? .full : .small,
        members: members,
        tolerance: .exact,
        arguments: [
          .input("dense", shape),
          .input("activation", shape, .activation),
          .input("indices", shape, .activation, of: UInt8.self) {
            TestData("indices", member: $0).integers(3 * channels * 35, below: 256).map {
              UInt8($0)
            }
          },
          .input("integers", [31], of: Int32.self) {
            TestData("integers", member: $0).integers(31, below: 1 << 31).map { Int32($0) - 99 }
          },
          .input("words", [33], of: UInt32.self) {
            TestData("words", member: $0).integers(33, below: 1 << 32 - 1).map { UInt32($0) }
          },
        ]
      ) { _, _ in [] }
    }
    cases.append(
      OperationCase(
        .memory, "fresh memory is zero", size: .small, members: 3, tolerance: .exact,
        arguments: []
      ) { device, _ in
        for type in [ElementType.float32, .uint8, .int32, .uint32] {
          let tensors = [
            try device.makeTensor(
              members: 3, shape: [1, 33, 3], elementType: type, lifetime: .persistent),
            try device.makeActivation(
              members: 3, shape: [1, 33, 3, 1], elementType: type, lifetime: .persistent),
          ]
          for tensor in tensors
          where try device.readValues(tensor).bits.contains(where: { $0 != 0 }) {
            throw CaseFailure("fresh memory of type \(type) holds something else than zero")
          }
        }
        return []
      })
    cases.append(
      OperationCase(
        .memory, "views read and write their part", size: .small, members: 3, tolerance: .exact,
        arguments: []
      ) { device, _ in
        let values = HostValues((0..<3 * 20).map { Float($0) })
        let whole = try device.makeTensor(members: 3, shape: [20])
        try device.write(values, to: whole)
        let part = whole.view(at: 5, shape: [3, 3]).view(at: 2, shape: [4])
        let expected = HostValues((0..<3).flatMap { m in (7..<11).map { Float(m * 20 + $0) } })
        if try device.readValues(part) != expected {
          throw CaseFailure("reading a view gives something else than its part")
        }
        try device.write(HostValues([Float](repeating: -1, count: 12)), to: part)
        let after = HostValues((0..<60).map { 7..<11 ~= $0 % 20 ? -1 : Float($0) })
        if try device.readValues(whole) != after {
          throw CaseFailure("writing a view changes something else than its part")
        }
        return []
      })
    return cases
  }
}
