/// The OpenCL C sources of this folder, which are embedded in the binary: a family is a file with
/// kernels and everything that it includes. This Swift file lies beside them because they are the
/// resources of its module.
///
/// A new file is added to `files`, and to the list in Package.swift; if it has kernels, it is a case,
/// too.
public enum KernelFamily: String, CaseIterable, Sendable {
  case attack, convolution, gather, linear, optimizer, peak, penalty, pointwise, pooling
  case batchNormalization = "batch_normalization"
  case convolutionSums = "convolution_sums"
  case implicitGemm = "implicit_gemm"
  case implicitGemmWeight = "implicit_gemm_weight"
  case softmaxCrossEntropy = "softmax_cross_entropy"

  private static let files: [String: [UInt8]] = [
    "attack.cl": PackageResources.attack_cl,
    "batch_normalization.cl": PackageResources.batch_normalization_cl,
    "common.cl": PackageResources.common_cl,
    "convolution.cl": PackageResources.convolution_cl,
    "convolution_shape.cl": PackageResources.convolution_shape_cl,
    "convolution_sums.cl": PackageResources.convolution_sums_cl,
    "gather.cl": PackageResources.gather_cl,
    "images.cl": PackageResources.images_cl,
    "implicit_gemm.cl": PackageResources.implicit_gemm_cl,
    "implicit_gemm_weight.cl": PackageResources.implicit_gemm_weight_cl,
    "largest.cl": PackageResources.largest_cl,
    "linear.cl": PackageResources.linear_cl,
    "optimizer.cl": PackageResources.optimizer_cl,
    "peak.cl": PackageResources.peak_cl,
    "penalty.cl": PackageResources.penalty_cl,
    "philox.cl": PackageResources.philox_cl,
    "pointwise.cl": PackageResources.pointwise_cl,
    "pooling.cl": PackageResources.pooling_cl,
    "softmax_cross_entropy.cl": PackageResources.softmax_cross_entropy_cl,
    "tensor_product.cl": PackageResources.tensor_product_cl,
    "tile.cl": PackageResources.tile_cl,
    "tile_product.cl": PackageResources.tile_product_cl,
    "vectors.cl": PackageResources.vectors_cl,
    "window.cl": PackageResources.window_cl,
  ]

  private static let sources = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, text(of: "\($0.rawValue).cl")) })

  /// The whole source, without `#include`: drivers compile it without access to files.
  public var source: String { KernelFamily.sources[self] ?? "" }

  /// A file's text, in which the files that it includes replace their `#include` lines. Include
  /// guards in these files make all but the first copy empty.
  private static func text(of name: String) -> String {
    guard let bytes = files[name] else { preconditionFailure("\(name) is not listed") }
    return String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        let prefix = "#include \""
        guard line.hasPrefix(prefix) else { return String(line) }
        return text(of: String(line.dropFirst(prefix.count).dropLast()))
      }.joined(separator: "\n")
  }
}
