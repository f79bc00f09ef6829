import Foundation
import TopoCompute

extension Reference {
  /// One step of an optimizer.
  /// - Parameters:
  ///   - state: `[rule.stateSlots, parameter]`.
  ///   - steps: steps made before this one.
  public static func update(
    _ rule: OptimizerRule, parameters: Dense, gradients: Dense, state: Dense, rate: Double,
    steps: Int
  ) -> (parameters: Dense, state: Dense) {
    var (parameters, state) = (parameters, state)
    let count = parameters.count
    switch rule {
    case .adam(let beta1, let beta2, let epsilon):
      let (beta1, beta2) = (Double(beta1), Double(beta2))
      let correction1 = 1 - pow(beta1, Double(steps + 1))
      let correction2 = 1 - pow(beta2, Double(steps + 1))
      for index in 0..<count {
        let gradient = gradients.values[index]
        let mean = beta1 * state.values[index] + (1 - beta1) * gradient
        let square = beta2 * state.values[count + index] + (1 - beta2) * gradient * gradient
        state.values[index] = mean
        state.values[count + index] = square
        let root = square.squareRoot() / correction2.squareRoot() + Double(epsilon)
        parameters.values[index] -= rate / correction1 * mean / root
      }
    case .sgd(let momentum):
      for index in 0..<count {
        let gradient = gradients.values[index]
        let velocity =
          steps == 0 ? gradient : Double(momentum) * state.values[index] + gradient
        state.values[index] = velocity
        parameters.values[index] -= rate * velocity
      }
    }
    return (parameters, state)
  }
}
