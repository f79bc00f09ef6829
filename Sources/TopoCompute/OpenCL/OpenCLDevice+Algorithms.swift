extension OpenCLDevice {
  /// The operations that have more than one algorithm, with the names of those that need no tensor
  /// cores; the first applies everywhere. Convolutions have those of `ConvolutionPass.tensor`, too.
  public static let algorithmNames: [String: [String]] = {
    var names = ["linear": ["direct", "clblast"]]
    for pass in ConvolutionPass.allCases { names[pass.rawValue] = pass.algorithms }
    return names
  }()

  /// Checks algorithms that a caller forces.
  static func check(_ algorithms: [String: String]) throws {
    for (operation, name) in algorithms.sorted(by: { $0.key < $1.key }) {
      guard let names = algorithmNames[operation] else {
        throw DeviceError(
          """
          There is no choice of algorithm for \(operation); there is one for \
          \(algorithmNames.keys.sorted().joined(separator: ", "))
          """)
      }
      let all = ConvolutionPass(rawValue: operation) == nil ? names : names + ConvolutionPass.tensor
      guard all.contains(name) else {
        throw DeviceError(
          "\(operation) has no algorithm \(name); it has \(all.joined(separator: ", "))")
      }
    }
  }
}
