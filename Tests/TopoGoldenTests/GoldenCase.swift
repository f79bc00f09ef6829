import Testing
import TopoCompute

/// One golden case on one device, for some of the case's members: makes its tensors and compares
/// results.
final class GoldenCase {
  let device: any Device
  let members: Range<Int>
  private let file: GoldenFile
  private let name: String
  /// What was compared, for each tensor: the elements of all members.
  private(set) var results: [String: [Float]] = [:]

  private init(_ file: GoldenFile, _ name: String, _ device: any Device, _ members: Range<Int>) {
    (self.file, self.name, self.device, self.members) = (file, name, device, members)
  }

  /// Runs `body` with both members as a population, then with the second one alone, which must
  /// give the same bits.
  static func run(
    _ file: GoldenFile, _ name: String, on device: GoldenDevice,
    body: (GoldenCase) throws -> Void
  ) throws {
    let device = try device.make()
    let population = GoldenCase(file, name, device, 0..<2)
    let alone = GoldenCase(file, name, device, 1..<2)
    do {
      try body(population)
      try body(alone)
    } catch {
      Issue.record("\(name): \(error)")
      return
    }
    try #require(!population.results.isEmpty, "\(name) compares nothing")
    for (tensor, elements) in population.results {
      let second = elements.suffix(elements.count / 2).map(\.bitPattern)
      #expect(
        alone.results[tensor]?.map(\.bitPattern) == second,
        "\(name): a member alone and in a population differ in \(tensor)")
    }
  }

  /// Golden values of this case's members, with the shape of one member.
  func golden(_ tensor: String) throws -> GoldenFile.Values {
    let all = try file["\(name)/\(tensor)"]
    let count = all.shape.dropFirst().reduce(1, *)
    return .init(
      shape: Array(all.shape.dropFirst()),
      elements: Array(all.elements[members.lowerBound * count..<members.upperBound * count]))
  }

  /// The window of this case.
  func window() throws -> Window {
    let numbers = try file["\(name)/window"].elements.map { Int($0) }
    return Window(
      kernel: .init(rows: numbers[0], columns: numbers[1]),
      stride: .init(rows: numbers[2], columns: numbers[3]),
      padding: .init(rows: numbers[4], columns: numbers[5]))
  }

  /// A dense tensor of golden values.
  func dense(_ tensor: String) throws -> Tensor {
    let values = try golden(tensor)
    return try device.makeTensor(
      members: members.count, shape: values.shape, values: values.elements)
  }

  /// An activation of golden values.
  func activation(_ tensor: String) throws -> Tensor {
    let values = try golden(tensor)
    let made = try device.makeActivation(
      members: members.count, shape: values.shape, elementType: .float32, lifetime: .persistent)
    try device.write(values.elements, to: made)
    return made
  }

  /// Memory for a result, full of NaN, so that what is not written is noticed.
  func denseResult(_ tensor: String) throws -> Tensor {
    let shape = try golden(tensor).shape
    return try device.makeTensor(
      members: members.count, shape: shape,
      values: [Float](repeating: .nan, count: members.count * shape.reduce(1, *)))
  }

  /// As `denseResult`, for an activation.
  func activationResult(_ tensor: String) throws -> Tensor {
    let shape = try golden(tensor).shape
    let made = try device.makeActivation(
      members: members.count, shape: shape, elementType: .float32, lifetime: .persistent)
    try device.write(
      [Float](repeating: .nan, count: members.count * shape.reduce(1, *)), to: made)
    return made
  }

  /// A tensor whose members all hold `values`.
  func constant<Element: DeviceElement>(_ values: [Element]) throws -> Tensor {
    try device.makeTensor(
      members: members.count, shape: [values.count],
      values: members.flatMap { _ in values })
  }

  /// Compares a result with its golden values: the largest difference, member by member, must be
  /// at most `tolerance` times the largest golden value.
  func expect(
    _ tensor: Tensor, is name: String, within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try golden(name)
    let found = try device.read(tensor, as: Float.self)
    results[name] = found
    try #require(found.count == expected.elements.count, sourceLocation: sourceLocation)
    let count = found.count / members.count
    for member in 0..<members.count {
      let range = member * count..<(member + 1) * count
      expectClose(
        found[range], expected.elements[range], within: tolerance,
        "\(self.name)/\(name) of member \(members.lowerBound + member)",
        sourceLocation: sourceLocation)
    }
  }
}

/// The largest difference must be at most `tolerance` times the largest expected value.
func expectClose(
  _ found: ArraySlice<Float>, _ expected: ArraySlice<Float>, within tolerance: Double,
  _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let scale = expected.reduce(0) { max($0, abs(Double($1))) }
  let differences = zip(found, expected).map { abs(Double($0) - Double($1)) }
  // NaN compares as wrong.
  let isClose = differences.allSatisfy { $0 <= tolerance * scale }
  guard !isClose else { return }
  let worst = differences.indices.max {
    (differences[$0].isNaN ? .infinity : differences[$0])
      < (differences[$1].isNaN ? .infinity : differences[$1])
  }
  guard let worst else { return }
  Issue.record(
    """
    \(name): element \(worst) is \(found[found.startIndex + worst]) instead of \
    \(expected[expected.startIndex + worst]); the largest value is \(scale), the tolerance \
    \(tolerance) of it
    """, sourceLocation: sourceLocation)
}
