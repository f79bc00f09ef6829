/// What computes a pass of a convolution on an OpenCL device.
enum ConvolutionAlgorithm {
  /// A matrix product that never stores its unrolled windows. The extents are those of the pass
  /// as a convolution. `tensorProducts` is 0 without tensor cores, and else how many of their
  /// products stand for one (`tile.cl`).
  case implicitGemm(ConvolutionTiling, ConvolutionExtents, tensorProducts: Int)
  /// Sums in registers over what a work-item reads; forward and backward-weight.
  case direct
  /// The direct forward kernel with rotated filters, over these extents; backward-data of stride 1.
  case rotated(ConvolutionExtents)
  /// Each value of the input's gradient gathers its terms; backward-data of any window.
  case gather

  /// The name that forces it and that operations and tuning tables carry.
  var name: String {
    switch self {
    case .implicitGemm(_, _, let count):
      Self.products.first { $0.value == count }?.key ?? "implicit-gemm"
    case .direct: "direct"
    case .rotated: "rotated"
    case .gather: "gather"
    }
  }

  /// The names of the matrix products, with their `tensorProducts`.
  static let products = ["implicit-gemm": 0, "tensor": 1, "tensor-split": 3]
}

extension OpenCLDevice {
  /// The algorithm of a pass: the forced one, otherwise the one that the tuning table chooses for
  /// the precision if it applies to the shape and the device, otherwise that of float32, otherwise
  /// `rotated` or `direct`, or `gather` for gradients that are not a convolution.
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
    let isOfFloat32 = precision == .float32 || forced.map(pass.algorithms.contains) ?? false
    for precision in isOfFloat32 ? [.float32] : [precision, .float32] {
      let key = tuningKey(pass, extents, precision)
      guard let name = forced ?? tuning[key]?.algorithm else { continue }
      if let products = ConvolutionAlgorithm.products[name] {
        if let product = try matrixProduct(pass, extents, key, name, products) { return product }
      } else if pass == .backwardData {
        return name == "gather" ? .gather : .rotated(extents)
      } else {
        return .direct
      }
    }
    return pass == .backwardData ? .rotated(extents) : .direct
  }

  private func tuningKey(
    _ pass: ConvolutionPass, _ extents: ConvolutionExtents, _ precision: Precision
  ) -> TuningTable.Key {
    .init(
      pass, ConvolutionClass(source: extents.sourceChannels, target: extents.targetChannels),
      precision)
  }

  /// A pass over `extents` as a matrix product; nil if it does not apply.
  /// - Parameters:
  ///   - key: of the choice that is followed.
  ///   - name: of the algorithm.
  ///   - products: its `tensorProducts`.
  /// - Throws: `DeviceError` when it is forced and does not apply.
  private func matrixProduct(
    _ pass: ConvolutionPass, _ extents: ConvolutionExtents, _ key: TuningTable.Key, _ name: String,
    _ products: Int
  ) throws -> ConvolutionAlgorithm? {
    let forced = algorithms[pass.rawValue]
    let kernel = extents.window.kernel
    if pass == .backwardWeight && (kernel.rows > 16 || kernel.columns > 15) {
      if forced == nil { return nil }
      throw DeviceError(
        """
        The algorithm \(name) of \(pass.rawValue) takes windows of up to 16 rows and 15 columns; \
        \(pass.algorithms[0]) takes any
        """)
    }
    let tiling = candidates(name, key)
      .first { $0.isValid(pass, for: limits(products, $0), isTensor: products > 0) }
    guard let tiling else {
      guard forced != nil else { return nil }
      throw DeviceError(
        """
        The algorithm \(name) of \(pass.rawValue) needs larger work-groups or more local memory \
        than \(information.name) has; \(pass.algorithms[0]) needs neither
        """)
    }
    return .implicitGemm(tiling, extents, tensorProducts: products)
  }

  /// Tilings to take the first valid one of: a device may allow less than what ships for its kind.
  private func candidates(
    _ name: String, _ key: TuningTable.Key
  ) -> [ConvolutionTiling] {
    guard name == "implicit-gemm" else {
      let chosen = tuning[key].flatMap { $0.algorithm == name ? $0.tiling : nil }
      let shipped = DeviceProfile.tensorTilings(key, isSplit: name == "tensor-split")
      // Compilers for CPUs take long over large groups.
      return (chosen.map { [$0] } ?? []) + (profile == .cpu ? shipped.reversed() : shipped)
    }
    return [tuning, DeviceProfile.other.tuning(), DeviceProfile.cpu.tuning()]
      .compactMap { $0[key]?.tiling }
  }

  /// Limits of work-groups, less what an emulation takes.
  private func limits(
    _ products: Int, _ tiling: ConvolutionTiling
  ) -> ConvolutionTiling.Limits {
    var limits = context.limits
    if products > 0, tensorCores == .emulated { limits.localMemory -= tiling.exchange }
    return limits
  }
}
