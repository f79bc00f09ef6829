import TopoFoundation

/// Which algorithm computes a convolution on a device, and how it cuts up its work; and the same of
/// the linear layers.
public struct TuningTable: Sendable, Hashable {
  /// What is chosen for.
  public struct Key: Sendable, Hashable, CustomStringConvertible {
    /// The pass.
    public var pass: ConvolutionPass
    /// The class of its shape.
    public var shape: ConvolutionClass
    /// The precision. In tf32, what has no choice of its own follows that of float32.
    public var precision: Precision

    /// A pass over shapes of a class, in a precision.
    public init(
      _ pass: ConvolutionPass, _ shape: ConvolutionClass, _ precision: Precision = .float32
    ) {
      self.pass = pass
      self.shape = shape
      self.precision = precision
    }

    /// All, as in the text form.
    public var description: String {
      "\(precision == .float32 ? "" : "\(precision.rawValue) ")\(pass.rawValue) \(shape)"
    }
  }

  /// What is chosen.
  public struct Choice: Sendable, Hashable, CustomStringConvertible {
    /// One of the pass's algorithms; if it does not apply to a shape, another one is taken.
    public var algorithm: String
    /// Of matrix products: `implicit-gemm`, also when it is forced, `tensor` and `tensor-split`.
    public var tiling: ConvolutionTiling

    /// An algorithm with the tiling of matrix products.
    public init(_ algorithm: String, _ tiling: ConvolutionTiling) {
      self.algorithm = algorithm
      self.tiling = tiling
    }

    /// What of it takes effect.
    public var description: String {
      ConvolutionAlgorithm.products[algorithm] == nil ? algorithm : "\(algorithm) \(tiling)"
    }
  }

  private var choices: [Key: Choice]
  /// CLBlast's constants, for kernels that are not to have those of its database.
  public var clblastParameters: [CLBlastParameters.Kernel: CLBlastParameters] = [:]
  /// Multiply-accumulates of a member from which on CLBlast computes a linear layer.
  public var clblastThreshold: Int?

  /// A table of some choices.
  public init(_ choices: [Key: Choice] = [:]) { self.choices = choices }

  /// The choice for a key; nil if there is none.
  public subscript(key: Key) -> Choice? {
    get { choices[key] }
    set { choices[key] = newValue }
  }

  /// The choice that takes effect for a key: in tf32, that of float32 if there is no other.
  public func choice(for key: Key) -> Choice? {
    choices[key] ?? choices[Key(key.pass, key.shape)]
  }

  /// The keys that it holds, in a fixed order.
  public var keys: [Key] {
    Precision.allCases.flatMap { precision in
      ConvolutionPass.allCases.flatMap { pass in
        ConvolutionClass.all.map { Key(pass, $0, precision) }.filter { choices[$0] != nil }
      }
    }
  }

  /// What of it takes effect in a precision.
  func choices(for precision: Precision) -> TuningTable {
    var table = self
    for key in table.choices.keys where key.precision != .float32 && key.precision != precision {
      table.choices[key] = nil
    }
    return table
  }

  /// This table, with the choices of a precision replaced by those of another table. Linear layers
  /// belong to float32.
  public func replacing(_ precision: Precision, with other: TuningTable) -> TuningTable {
    var table = precision == .float32 ? other : self
    for (key, choice) in choices where key.precision != precision { table.choices[key] = choice }
    for key in keys where key.precision == precision { table.choices[key] = nil }
    for (key, choice) in other.choices where key.precision == precision {
      table.choices[key] = choice
    }
    return table
  }

  /// This table, with the choices of another one taking precedence.
  public func merging(_ other: TuningTable) -> TuningTable {
    var merged = TuningTable(choices.merging(other.choices) { $1 })
    merged.clblastParameters = clblastParameters.merging(other.clblastParameters) { $1 }
    merged.clblastThreshold = other.clblastThreshold ?? clblastThreshold
    return merged
  }

  /// Twelve hexadecimal digits that identify the table, from the SHA-256 of the text form.
  public var identity: String { String(SHA256.hex(Array(text.utf8)).prefix(12)) }
}
