/// Which algorithm computes a convolution on a device, and how it cuts up its work.
public struct TuningTable: Sendable, Hashable {
  /// What is chosen for.
  public struct Key: Sendable, Hashable {
    /// The pass.
    public var pass: ConvolutionPass
    /// The class of its shape.
    public var shape: ConvolutionClass

    /// A pass over shapes of a class.
    public init(_ pass: ConvolutionPass, _ shape: ConvolutionClass) {
      self.pass = pass
      self.shape = shape
    }
  }

  /// What is chosen.
  public struct Choice: Sendable, Hashable {
    /// One of the pass's algorithms; where it does not apply to a shape, another one is taken.
    public var algorithm: String
    /// For `implicit-gemm`, also when it is forced.
    public var tiling: ConvolutionTiling

    /// An algorithm with the tiling of `implicit-gemm`.
    public init(_ algorithm: String, _ tiling: ConvolutionTiling) {
      self.algorithm = algorithm
      self.tiling = tiling
    }
  }

  private var choices: [Key: Choice]

  /// A table of some choices.
  public init(_ choices: [Key: Choice] = [:]) { self.choices = choices }

  /// The choice for a key, where there is one.
  public subscript(key: Key) -> Choice? {
    get { choices[key] }
    set { choices[key] = newValue }
  }

  /// The keys that it holds, in a fixed order.
  public var keys: [Key] {
    ConvolutionPass.allCases.flatMap { pass in
      ConvolutionClass.all.map { Key(pass, $0) }.filter { choices[$0] != nil }
    }
  }

  /// This table with the choices of another one before its own.
  public func merging(_ other: TuningTable) -> TuningTable {
    TuningTable(choices.merging(other.choices) { $1 })
  }
}
