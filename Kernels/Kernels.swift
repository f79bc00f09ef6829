/// The OpenCL C sources that are embedded in the binary, one per family of operations.
public enum KernelFamily: String, CaseIterable, Sendable {
  case attack, batchNormalization, convolution, gather, implicitGemm, implicitGemmWeight, linear
  case optimizer, peak, penalty, pointwise, pooling, softmaxCrossEntropy

  /// The whole source: what all kernels share, the random numbers, what the matrix products
  /// share, and the family's own file.
  public var source: String {
    let product = [.implicitGemm, .implicitGemmWeight].contains(self)
    return KernelFamily.text(PackageResources.common_cl)
      + KernelFamily.text(PackageResources.philox_cl)
      + (product ? KernelFamily.text(PackageResources.tile_product_cl) : "")
      + KernelFamily.text(bytes)
  }

  private var bytes: [UInt8] {
    switch self {
    case .attack: PackageResources.attack_cl
    case .batchNormalization: PackageResources.batch_normalization_cl
    case .convolution: PackageResources.convolution_cl
    case .gather: PackageResources.gather_cl
    case .implicitGemm: PackageResources.implicit_gemm_cl
    case .implicitGemmWeight: PackageResources.implicit_gemm_weight_cl
    case .linear: PackageResources.linear_cl
    case .optimizer: PackageResources.optimizer_cl
    case .peak: PackageResources.peak_cl
    case .penalty: PackageResources.penalty_cl
    case .pointwise: PackageResources.pointwise_cl
    case .pooling: PackageResources.pooling_cl
    case .softmaxCrossEntropy: PackageResources.softmax_cross_entropy_cl
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
