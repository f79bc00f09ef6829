/// What computes a pass of a convolution on an OpenCL device.
enum ConvolutionAlgorithm {
  /// A matrix product that never stores its unrolled windows. The extents are those of the pass
  /// as a convolution.
  case implicitGemm(ConvolutionTiling, ConvolutionExtents)
  /// Sums in registers over what a work-item reads; forward and backward-weight.
  case direct
  /// The direct forward kernel with rotated filters, over these extents; backward-data of stride 1.
  case rotated(ConvolutionExtents)
  /// Each value of the input's gradient gathers its terms; backward-data of any window.
  case gather

  /// The name that forces it and that operations and tuning tables carry.
  var name: String {
    switch self {
    case .implicitGemm: "implicit-gemm"
    case .direct: "direct"
    case .rotated: "rotated"
    case .gather: "gather"
    }
  }
}

extension OpenCLDevice {
  /// The algorithm of a pass: the forced one, otherwise the one that the tuning table chooses if it
  /// applies to the shape and the device, otherwise `rotated` or `direct`, or `gather` for
  /// gradients that are not a convolution.
  /// - Throws: `DeviceError` when an algorithm is forced that does not apply.
  func convolutionAlgorithm(
    _ pass: ConvolutionPass, _ geometry: ConvolutionGeometry
  ) throws -> ConvolutionAlgorithm {
    let forced = algorithms[pass.rawValue]
    guard let extents = pass == .backwardData ? geometry.rotated : geometry.forward else {
      if let forced, forced != "gather" {
        throw DeviceError(
          """
          The algorithm \(forced) of \(pass.rawValue) needs stride 1 and padding less than the \
          kernel's size; gather takes any
          """)
      }
      return .gather
    }
    if let tiling = try implicitTiling(pass, extents) { return .implicitGemm(tiling, extents) }
    guard pass == .backwardData else { return .direct }
    let chosen = forced ?? tuning[tuningKey(pass, extents)]?.algorithm
    return chosen == "gather" ? .gather : .rotated(extents)
  }

  private func tuningKey(
    _ pass: ConvolutionPass, _ extents: ConvolutionExtents
  ) -> TuningTable.Key {
    .init(
      pass, ConvolutionClass(source: extents.sourceChannels, target: extents.targetChannels))
  }

  /// The tiling of a pass over `extents` as a matrix product; nil if it is neither forced nor
  /// chosen, or does not apply.
  /// - Throws: `DeviceError` when it is forced and does not apply.
  private func implicitTiling(
    _ pass: ConvolutionPass, _ extents: ConvolutionExtents
  ) throws -> ConvolutionTiling? {
    let name = "implicit-gemm"
    let forced = algorithms[pass.rawValue]
    let key = tuningKey(pass, extents)
    let choice = tuning[key]
    guard (forced ?? choice?.algorithm) == name else { return nil }
    let kernel = extents.window.kernel
    if pass == .backwardWeight && (kernel.rows > 16 || kernel.columns > 15) {
      if forced == nil { return nil }
      throw DeviceError(
        """
        The algorithm \(name) of \(pass.rawValue) takes windows of up to 16 rows and 15 columns; \
        \(pass.algorithms[0]) takes any
        """)
    }
    // A device may allow less than what ships for its kind.
    let candidates = [choice, DeviceProfile.other.tuning[key], DeviceProfile.cpu.tuning[key]]
    let valid = candidates.compactMap { $0?.tiling }
      .first { $0.isValid(pass, for: context.limits) }
    guard forced == nil || valid != nil else {
      throw DeviceError(
        """
        The algorithm \(name) of \(pass.rawValue) needs larger work-groups or more local memory \
        than \(information.name) has; \(pass.algorithms[0]) needs neither
        """)
    }
    return valid
  }
}
