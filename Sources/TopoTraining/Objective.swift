import TopoCompute
import TopoNetworks
import TopoSheets

/// The penalties of a population, sorted into operations: members whose penalties differ only in
/// lambda share one, with lambda 0 for the members without that penalty.
struct Objective {
  /// A penalty without its lambda, and the lambda of each member.
  struct Term {
    var penalty: Penalty
    var lambdas: [Float]

    /// Whether the penalty compares rows of `tensor`.
    func compares(_ tensor: BackwardPass.SheetTensor) -> Bool {
      switch tensor {
      case .activations(let view): penalty.kind == .activationSimilarity && penalty.view == view
      case .weight: penalty.kind == .weightSimilarity
      }
    }
  }

  let terms: [Term]

  init(_ members: [Member]) {
    var terms: [Term] = []
    for (index, member) in members.enumerated() {
      var penalty = member.condition
      guard penalty.kind != .control, penalty.lambda > 0 else { continue }
      let lambda = Float(penalty.lambda)
      penalty.lambda = 1
      let found = terms.firstIndex { $0.penalty == penalty } ?? terms.count
      if found == terms.count {
        terms.append(Term(penalty: penalty, lambdas: Array(repeating: 0, count: members.count)))
      }
      terms[found].lambdas[index] = lambda
    }
    self.terms = terms
  }

  /// Prepares the terms that compare a tensor of the sheet.
  /// - Parameters:
  ///   - values: the tensor, `[unit, input]` for the weight and `[image, unit]` for activations.
  ///   - gradient: the tensor's gradient, to which the terms add theirs.
  ///   - sum: `float32 [1]`, to which the terms add the members' penalties without lambda.
  func operations(
    on tensor: BackwardPass.SheetTensor, values: Tensor, gradient: Tensor, sheet: Sheet,
    sum: Tensor, device: any Device
  ) throws -> [any Operation] {
    let features = tensor == .weight ? values.shape[1] : values.shape[0]
    return try terms.filter { $0.compares(tensor) }.compactMap { term in
      guard let matrix = term.penalty.matrix(for: sheet, features: features) else { return nil }
      let lambdas = try device.makeTensor(
        members: term.lambdas.count, shape: [1], values: term.lambdas)
      return try device.neighborPenalty(
        term.penalty.metric, graph: term.penalty.neighborhood.graph(for: sheet), matrix: matrix,
        scale: term.penalty.factor(batch: features), values: values, lambdas: lambdas,
        value: sum, gradient: gradient)
    }
  }
}
