extension Attack {
  /// What the attack does, in one line without a full stop.
  public var summary: String {
    switch kind {
    case .fgsm: "one step of epsilon along the signs of the gradient"
    case .fgmL2: "one step of length epsilon along the gradient"
    case .pgdLinf: "\(steps) steps along the signs of the gradient, within the box"
    case .pgdL2: "\(steps) steps along the gradient, within the ball"
    }
  }

  /// The publication that defines the attack.
  public var reference: String {
    switch kind {
    case .fgsm, .fgmL2: "Goodfellow, Shlens & Szegedy 2015, arXiv 1412.6572"
    case .pgdLinf, .pgdL2: "Madry et al. 2018, arXiv 1706.06083"
    }
  }
}
