extension OpenCLDevice {
  /// The operations that have more than one algorithm, with the names of those that need no tensor
  /// cores; the first applies everywhere.
  public static let algorithmNames: [String: [String]] = {
    var names = ["linear": ["direct", "clblast"]]
    for pass in ConvolutionPass.allCases { names[pass.rawValue] = pass.algorithms }
    return names
  }()

  /// The same, with the algorithms of a precision.
  public static func algorithmNames(in precision: Precision) -> [String: [String]] {
    guard precision == .tf32 else { return algorithmNames }
    return Dictionary(
      uniqueKeysWithValues: algorithmNames.map { operation, names in
        (
          operation,
          ConvolutionPass(rawValue: operation) == nil ? names : names + ConvolutionPass.tensor
        )
      })
  }

  /// Checks algorithms that a caller forces. `tensor-split`, as exact as float32, may be forced in
  /// float32, too.
  static func check(_ algorithms: [String: String], _ precision: Precision) throws {
    let known = algorithmNames(in: .tf32)
    for (operation, name) in algorithms.sorted(by: { $0.key < $1.key }) {
      guard let names = known[operation] else {
        throw DeviceError(
          """
          There is no choice of algorithm for \(operation); there is one for \
          \(known.keys.sorted().joined(separator: ", "))
          """)
      }
      guard names.contains(name) else {
        throw DeviceError(
          "\(operation) has no algorithm \(name); it has \(names.joined(separator: ", "))")
      }
      guard name != "tensor" || precision == .tf32 else {
        throw DeviceError(
          "The algorithm tensor of \(operation) rounds to TF32; add --precision tf32, or force "
            + "tensor-split")
      }
    }
  }
}
