import TopoCompute

/// A case's values and expected results, made once, to try many devices on: for tuning.
package struct CaseTrial {
  /// The case.
  package let operationCase: OperationCase
  /// Members whose results are compared: the reference takes its time.
  private let checked: [Int]
  private let values: CaseValues
  private let expected: [String: [[Double]]]

  /// A trial that compares the results of the first and the last member with the double-precision
  /// reference.
  /// - Throws: what the reference throws.
  package init(_ operationCase: OperationCase) throws {
    self.operationCase = operationCase
    checked = operationCase.members > 1 ? [0, operationCase.members - 1] : [0]
    values = CaseValues(operationCase)
    expected = try CaseRun(operationCase, device: ReferenceDevice(), checks: [])
      .expectedValues(of: checked)
  }

  /// A case prepared on a device.
  package struct Prepared {
    /// Its operations.
    package let operations: [any Operation]
    fileprivate let memory: CaseMemory
  }

  /// Prepares the case on a device, filled with its values.
  /// - Throws: what the device throws, for example where a kernel does not build.
  package func prepare(on device: any Device) throws -> Prepared {
    let memory = try CaseMemory(
      operationCase, on: device, members: Array(0..<operationCase.members), guarded: false)
    let operations = try operationCase.prepare(device, memory.tensors)
    try memory.fill(device, with: values, filler: .notANumber)
    return Prepared(operations: operations, memory: memory)
  }

  /// Runs it once, and compares results with the reference, within the case's tolerance.
  /// - Returns: what is wrong, in a sentence; nil where nothing is.
  /// - Throws: what the device throws.
  package func failure(of prepared: Prepared, on device: any Device) throws -> String? {
    try device.run(prepared.operations)
    let results = try prepared.memory.read(device, filler: .notANumber).values
    for argument in operationCase.arguments {
      guard let actual = results[argument.name], let wanted = expected[argument.name] else {
        continue
      }
      let tolerance = operationCase.tolerance(
        of: argument, in: device.information.precision)
      for (index, member) in checked.enumerated() {
        let comparison = Comparison(
          expected: wanted[index], actual: actual[member].doubles,
          scaleFloor: tolerance.scaleFloor)
        if comparison.error > tolerance.maximum || comparison.nmse > tolerance.nmse {
          return "\(argument.name) of member \(member) is wrong by \(comparison.error) of the "
            + "largest value where \(tolerance.maximum) is allowed"
        }
      }
    }
    return nil
  }
}
