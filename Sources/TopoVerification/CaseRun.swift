import TopoCompute

/// What is wrong with a case, in a sentence.
struct CaseFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// One case on one device.
struct CaseRun {
  private let operationCase: OperationCase
  private let device: any Device
  private let checks: Verification.Checks
  private let values: CaseValues

  init(_ operationCase: OperationCase, device: any Device, checks: Verification.Checks) {
    self.operationCase = operationCase
    self.device = device
    self.checks = checks
    values = CaseValues(operationCase)
  }

  /// Runs the case and throws what is wrong.
  func check(_ result: inout CaseResult) throws {
    let everyone = Array(0..<operationCase.members)
    let expected = try expectedValues(of: everyone)
    let memory = try CaseMemory(operationCase, on: device, members: everyone, guarded: true)
    let operations = try operationCase.prepare(device, memory.tensors)
    result.algorithms = operations.map(\.name)

    let first = try run(operations, memory, filler: .notANumber)
    try compare(first, with: expected, &result)
    if checks.contains(.repetition) {
      let second = try run(operations, memory, filler: .finite)
      try requireSameBits(second, first, of: everyone, when: "when it runs again")
    }
    if checks.contains(.populations) && operationCase.members > 1 {
      for some in populations {
        let memory = try CaseMemory(operationCase, on: device, members: some, guarded: false)
        let operations = try operationCase.prepare(device, memory.tensors)
        let alone = try run(operations, memory, filler: .finite)
        let company = some.count == 1 ? "alone" : "in a population of \(some.count)"
        try requireSameBits(alone, first, of: some, when: "when it runs \(company)")
      }
    }
  }

  /// Populations that the members must not notice: the first and the last alone, and, of many, a
  /// pair in another order.
  private var populations: [[Int]] {
    let last = operationCase.members - 1
    return [[0], [last]] + (last > 1 ? [[last, 1]] : [])
  }

  private typealias Results = [String: [HostValues]]

  /// What the reference device makes of the case, not rounded.
  func expectedValues(of members: [Int]) throws -> [String: [[Double]]] {
    let reference = ReferenceDevice()
    let memory = try CaseMemory(operationCase, on: reference, members: members, guarded: false)
    let operations = try operationCase.prepare(reference, memory.tensors)
    try memory.fill(reference, with: values, filler: .notANumber)
    try reference.run(operations)
    var expected: [String: [[Double]]] = [:]
    for (argument, tensor) in memory.arguments
    where argument.role == .output || argument.role == .updated {
      let values = reference.values(of: tensor)
      expected[argument.name] = members.indices.map { member in
        Array(values[member * argument.count..<(member + 1) * argument.count])
      }
    }
    return expected
  }

  private func run(
    _ operations: [any Operation], _ memory: CaseMemory, filler: CaseMemory.Filler
  ) throws -> Results {
    try memory.fill(device, with: values, filler: filler)
    try device.run(operations)
    let (results, violation) = try memory.read(device, filler: filler)
    if let violation { throw CaseFailure(violation) }
    for argument in operationCase.arguments where argument.role == .input {
      for (index, actual) in (results[argument.name] ?? []).enumerated() {
        let member = argument.shared ? 0 : memory.members[index]
        let given = values[argument.name, member]
        if let changed = given.firstDifference(from: actual) {
          throw CaseFailure(
            "changes its input: \(place(of: changed, in: argument, member: member))")
        }
      }
    }
    return results
  }

  private func compare(
    _ results: Results, with expected: [String: [[Double]]], _ result: inout CaseResult
  ) throws {
    var failure: String?
    var nearest = -1.0
    for argument in operationCase.arguments {
      guard let actual = results[argument.name], let wanted = expected[argument.name] else {
        continue
      }
      let tolerance = operationCase.tolerance(
        of: argument, in: device.information.precision)
      for member in wanted.indices {
        let got = actual[member].doubles
        let comparison = Comparison(
          expected: wanted[member], actual: got, scaleFloor: tolerance.scaleFloor)
        result.error = max(result.error, comparison.error)
        result.nmse = max(result.nmse, comparison.nmse)
        let ratio = comparison.error / max(tolerance.maximum, .leastNormalMagnitude)
        if ratio > nearest {
          nearest = ratio
          result.tolerance = tolerance
        }
        if failure == nil
          && (comparison.error > tolerance.maximum || comparison.nmse > tolerance.nmse)
        {
          let worst = comparison.worst
          failure =
            "\(place(of: worst, in: argument, member: member)) should be "
            + "\(wanted[member][worst]) and is \(got[worst]): the error is \(comparison.error) of "
            + "the largest value where \(tolerance.maximum) is allowed, the normalized mean "
            + "square error \(comparison.nmse)"
        }
      }
    }
    if let failure { throw CaseFailure(failure) }
  }

  /// Checks `results` of the members `some` against those of everybody.
  private func requireSameBits(
    _ results: Results, _ everyone: Results, of some: [Int], when circumstance: String
  ) throws {
    for argument in operationCase.arguments
    where argument.role == .output || argument.role == .updated {
      guard let actual = results[argument.name], let before = everyone[argument.name] else {
        continue
      }
      for (index, member) in some.enumerated() {
        let (got, wanted) = (actual[index], before[member])
        guard let changed = got.firstDifference(from: wanted) else { continue }
        throw CaseFailure(
          "\(place(of: changed, in: argument, member: member)) is \(wanted.doubles[changed]), "
            + "but \(got.doubles[changed]) \(circumstance)")
      }
    }
  }

  private func place(of index: Int, in argument: Argument, member: Int) -> String {
    var (rest, indices) = (index, [String]())
    for extent in argument.shape.reversed() {
      indices.insert("\(rest % extent)", at: 0)
      rest /= extent
    }
    return "`\(argument.name)[\(indices.joined(separator: ", "))]` of member \(member)"
  }
}
