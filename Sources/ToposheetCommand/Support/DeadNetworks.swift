import Foundation
import Toposheet

/// Lines about networks that learned nothing.
enum DeadNetworks {
  /// A line for each dead state that networks are in after an epoch.
  static func lines(_ reports: [EpochReport]) -> [String] {
    NetworkState.allCases.filter(\.isDead).compactMap { state in
      let found = reports.filter { $0.state == state }
      return found.isEmpty
        ? nil
        : line(
          state, found.map(\.member.path), of: reports.count, images: "validation images")
    }
  }

  /// A line for each dead state of networks in records.
  /// - Parameter elsewhere: networks that were trained on other data. No training on their own data
  ///   would help them.
  static func lines(
    _ records: [Record], elsewhere: Set<NetworkIdentity> = []
  ) -> [String] {
    let all = Set(records.map(\.network)).count
    return NetworkStates.dead(in: records).flatMap { state, networks in
      [false, true].compactMap { isElsewhere in
        let found = networks.filter { elsewhere.contains($0) == isElsewhere }
        return found.isEmpty
          ? nil
          : line(
            state, found.map { "\($0.condition)/seed-\($0.seed)" }, of: all,
            images: "clean images", isElsewhere: isElsewhere)
      }
    }
  }

  private static func line(
    _ state: NetworkState, _ names: [String], of all: Int, images: String,
    isElsewhere: Bool = false
  ) -> String {
    let listed = names.prefix(4).joined(separator: ", ")
    let others = names.count > 4 ? ", and \(names.count - 4) more" : ""
    let verb = names.count == 1 ? "is" : "are"
    let noun = all == 1 ? "network" : "networks"
    // Networks of the condition control have no lambda to reduce.
    let isControl = names.allSatisfy { $0.hasPrefix("control/") }
    let remedy = state.remedy(
      hasCorrelation: names.allSatisfy { $0.contains("-\(PenaltyMetric.correlation.rawValue)-") })
    return "\(names.count) of \(all) \(noun) \(verb) \(state.words) (\(listed)\(others)): "
      + state.explanation(images: images)
      + (isElsewhere
        ? "; \(names.count == 1 ? "it was" : "they were") trained on other data"
        : "; try " + (isControl ? "more epochs or another learning rate" : remedy))
  }
}

extension NetworkState {
  fileprivate var words: String { self == .atChance ? "at chance" : rawValue }

  fileprivate func explanation(images: String) -> String {
    switch self {
    case .silent: "no unit of the sheet is above 0 for any of the \(images)"
    case .collapsed: "the units of the sheet, or its outputs for all \(images), are nearly equal"
    default: "accuracy on the \(images) is no better than always giving one class"
    }
  }

  /// - Parameter hasCorrelation: whether the networks have the metric correlation.
  fileprivate func remedy(hasCorrelation: Bool) -> String {
    switch self {
    case .silent, .collapsed:
      "a smaller lambda"
        + (hasCorrelation
          ? "" : ", or the metric correlation, which does not reward small activations")
    default: "more epochs, a smaller lambda or another learning rate"
    }
  }
}
