import Foundation
import Testing
import TopoCompute

@testable import TopoVerification

@Suite("The case table") struct CaseTableTests {
  @Test("covers every operation, with small cases too, and names each case once") func coverage() {
    let cases = Verification.cases()
    for operation in OperationFamily.allCases {
      let own = cases.filter { $0.operation == operation }
      #expect(!own.isEmpty, "\(operation)")
      #expect(own.contains { $0.size == .small }, "\(operation)")
      #expect(own.contains { $0.members > 1 }, "\(operation)")
      #expect(Set(own.map(\.name)).count == own.count, "\(operation)")
    }
    #expect(Set(cases.map(\.members)).isSuperset(of: [1, 2, 5]))
    #expect(Verification.cases(size: .small).allSatisfy { $0.size == .small })
  }

  /// Arguments that have one value in all members by intention.
  private func isConstant(_ argument: String, _ operationCase: String) -> Bool {
    switch argument {
    case "input": operationCase.contains("standard deviation 0.0")
    // Of a single value the variance is 0.
    case "inverseStandardDeviation": operationCase.contains("1 x 1, batch 1,")
    // Optimizers start from 0.
    case "state": operationCase.contains("step 0")
    default: false
    }
  }

  @Test("gives members different data in every argument that members do not share")
  func membersDiffer() {
    for operationCase in Verification.cases(size: .small) where operationCase.members > 1 {
      for argument in operationCase.arguments
      where !argument.shared && (argument.role == .input || argument.role == .updated)
        && !isConstant(argument.name, operationCase.name)
      {
        for member in 1..<operationCase.members {
          #expect(
            argument.values(member) != argument.values(0),
            "\(operationCase): \(argument.name) of member \(member)")
        }
      }
    }
  }

  @Test("small cases are small") func smallCases() {
    for operationCase in Verification.cases(size: .small) {
      #expect(operationCase.bytes < 40_000, "\(operationCase)")
    }
  }

  @Test("costs count what is moved and computed") func costs() throws {
    let convolution = try #require(
      Verification.cases().first {
        $0.operation == .convolution && $0.name == "3x3 s1 p1, 31 -> 33, 7 x 5, batch 3, 5 members"
      })
    #expect(convolution.flops == 5 * 2 * 31 * 9 * 33 * 35 * 3)
    #expect(convolution.bytes == 5 * 4 * (3 * 31 * 35 + 33 * 31 * 9 + 33 + 3 * 33 * 35))
  }
}
