import Toposheet

/// Figures of networks in one line: the mean if all are of one condition; otherwise the range of
/// the conditions' means, as a mean over different conditions would be meaningless.
struct TrainingFigures {
  /// The figures of one network.
  struct Network {
    var condition: String
    var crossEntropy: Double
    /// The penalty times lambda.
    var penalty: Double
    /// Accuracy on the validation images.
    var validation: Double?
    /// Moran's I of the sheet; nil if it was not measured or is undefined.
    var moransI: Double?
  }

  private var conditions: [[Network]] = []

  init(_ networks: [Network]) {
    var indices: [String: Int] = [:]
    for network in networks {
      let index = indices[network.condition] ?? conditions.count
      if index == conditions.count {
        indices[network.condition] = index
        conditions.append([])
      }
      conditions[index].append(network)
    }
  }

  /// `cross-entropy 0.4310 + penalty 0.0120`, or `cross-entropy 0.4310 to 0.7001 over conditions`.
  var text: String {
    guard conditions.count == 1 else {
      let text = range("cross-entropy ", 4) { $0.crossEntropy }
      return text.isEmpty ? "" : text + " over conditions"
    }
    return range("cross-entropy ", 4) { $0.crossEntropy } + range(" + penalty ", 4) { $0.penalty }
  }

  /// `validation 98.10 %`; empty without validation images.
  var validation: String {
    let text = range("validation ", 2) { $0.validation.map { 100 * $0 } }
    return text.isEmpty ? "" : text + " %"
  }

  /// `Moran's I 0.31`; empty if it is unknown.
  var moransI: String { range("Moran's I ", 2) { $0.moransI } }

  private func range(_ name: String, _ digits: Int, _ value: (Network) -> Double?) -> String {
    let means = conditions.map { networks in
      let values = networks.compactMap(value)
      return values.isEmpty ? nil : Statistics.mean(values)
    }.compactMap { $0 }
    guard let least = means.min(), let most = means.max() else { return "" }
    let (first, last) = (Readable.fixed(least, digits), Readable.fixed(most, digits))
    return name + (first == last ? first : "\(first) to \(last)")
  }
}
