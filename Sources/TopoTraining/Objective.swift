import TopoCompute
import TopoSheets

/// The penalties of a population, sorted into operations: members whose penalties differ only in
/// strength share one, with strength 0 in the members that it does not concern.
struct Objective {
  /// A penalty without its strength, and the strength of each member.
  struct Term {
    var penalty: Penalty
    var strengths: [Float]
  }

  let terms: [Term]

  init(_ members: [Member]) {
    var terms: [Term] = []
    for (index, member) in members.enumerated() {
      let condition = member.condition
      guard condition.kind != .control, condition.lambda > 0 else { continue }
      var kind = condition
      kind.lambda = 1
      let place = terms.firstIndex { $0.penalty == kind } ?? terms.count
      if place == terms.count {
        terms.append(Term(penalty: kind, strengths: Array(repeating: 0, count: members.count)))
      }
      terms[place].strengths[index] = Float(condition.lambda)
    }
    self.terms = terms
  }

  /// Prepares the terms for which `belongs`.
  /// - Parameters:
  ///   - values: what is penalised: the sheet's weights, or its activations.
  ///   - gradient: what the terms add to.
  ///   - features: columns of the penalty's matrix.
  ///   - value: `float32 [1]`, to which the terms add the members' unweighted penalties.
  func operations(
    on values: Tensor, gradient: Tensor, sheet: Sheet, features: Int, value: Tensor,
    device: any Device, where belongs: (Penalty) -> Bool
  ) throws -> [any Operation] {
    try terms.filter { belongs($0.penalty) }.compactMap { term in
      guard let matrix = term.penalty.matrix(for: sheet, features: features) else { return nil }
      let strengths = try device.makeTensor(
        members: term.strengths.count, shape: [1], values: term.strengths)
      let isActivation = term.penalty.kind == .activationSimilarity
      return try device.neighborPenalty(
        term.penalty.metric, graph: term.penalty.neighbourhood.graph(for: sheet), matrix: matrix,
        scale: isActivation ? term.penalty.factor(batch: features) : 1, values: values,
        lambdas: strengths, value: value, gradient: gradient)
    }
  }
}
