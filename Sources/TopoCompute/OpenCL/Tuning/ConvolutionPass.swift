/// The three passes of a convolution; the raw values are what algorithms are chosen by.
public enum ConvolutionPass: String, Sendable, Hashable, CaseIterable, Codable {
  case forward = "convolution"
  case backwardData = "convolution-backward-data"
  case backwardWeight = "convolution-backward-weight"

  /// The algorithms with tensor cores, which any pass may have where there are some: `tensor`
  /// rounds its factors to TF32, `tensor-split` multiplies as exactly as float32.
  public static let tensor = ["tensor", "tensor-split"]

  /// Its algorithms without tensor cores; the first applies everywhere.
  public var algorithms: [String] {
    switch self {
    case .forward, .backwardWeight: ["direct", "implicit-gemm"]
    case .backwardData: ["gather", "rotated", "implicit-gemm"]
    }
  }

  /// The best of them that stages nothing in local memory.
  var unstaged: String { self == .backwardData ? "rotated" : "direct" }
}
