extension OpenCLDevice {
  /// The operations that have more than one algorithm, with their names; the first applies
  /// everywhere.
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
      guard names.contains(name) else {
        throw DeviceError(
          "\(operation) has no algorithm \(name); it has \(names.joined(separator: ", "))")
      }
    }
  }
}
