import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks

@testable import ToposheetCommand

/// What the lines about dead networks say.
@Suite("Lines about dead networks") struct DeadNetworkLineTests {
  @Test("networks with the metric correlation are not told to take it") func correlation() {
    func line(_ conditions: [String]) -> String {
      DeadNetworks.lines(
        conditions.map {
          Record(
            dataset: "data", network: NetworkIdentity(named: $0, seed: 0), state: .silent,
            measure: MeasureName.accuracy, value: .value(0.1))
        })[0]
    }
    #expect(line(["as-correlation-0.5"]).hasSuffix("; try a smaller lambda"))
    for conditions in [["as-euclidean-1"], ["as-euclidean-1", "as-correlation-0.5"]] {
      #expect(line(conditions).contains("; try a smaller lambda, or the metric correlation, "))
    }
  }

  @Test("networks on other data are given no advice on training") func otherData() {
    let networks = [UInt64(0), 1].map { NetworkIdentity(named: "control", seed: $0) }
    let records = networks.map {
      Record(
        dataset: "data", network: $0, state: .atChance, measure: MeasureName.accuracy,
        value: .value(0.1))
    }
    let own = DeadNetworks.lines(records)
    #expect(own.count == 1 && own[0].hasSuffix("; try more epochs or another learning rate"))
    let both = DeadNetworks.lines(records, elsewhere: [networks[1]])
    #expect(both.count == 2 && both[0].contains("control/seed-0): ") && both[0].contains("; try"))
    #expect(both[1].hasPrefix("1 of 2 networks is at chance (control/seed-1): "))
    #expect(both[1].hasSuffix("always giving one class; it was trained on other data"))
  }
}
