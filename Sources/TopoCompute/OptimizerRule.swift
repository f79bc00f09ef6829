/// How parameters follow their gradients. The learning rate is a value of each member.
public enum OptimizerRule: Sendable, Hashable, Codable {
  /// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) as PyTorch computes it:
  /// `p -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)`. Two state slots.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Gradient descent with momentum as PyTorch computes it: `b = momentum * b + g` (`b = g` at
  /// the first step), `p -= rate * b`. One state slot.
  case sgd(momentum: Float = 0)

  /// Number of state values per parameter.
  public var stateSlots: Int {
    switch self {
    case .adam: 2
    case .sgd: 1
    }
  }
}
