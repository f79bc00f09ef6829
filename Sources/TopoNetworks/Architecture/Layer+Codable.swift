import TopoCompute
import TopoSheets

/// In files a layer is an object with its kind and its properties:
/// `{"kind": "convolution", "name": "conv1", "outputs": 32, "kernel": [3, 3], ...}`.
extension Layer: Codable {
  private enum Key: String, CodingKey {
    case kind, name, outputs, kernel, stride, padding, momentum, epsilon, rows, columns, rate
  }

  /// Reads a layer. Stride defaults to 1 (for pooling: to the kernel), padding to 0.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func name() throws -> String { try values.decode(String.self, forKey: .name) }
    switch try values.decode(Kind.self, forKey: .kind) {
    case .convolution:
      self = .convolution(
        name: try name(), outputs: try values.decode(Int.self, forKey: .outputs),
        window: try Self.window(values, stride: .init(1)))
    case .batchNormalization:
      self = .batchNormalization(
        name: try name(),
        momentum: try values.decodeIfPresent(Float.self, forKey: .momentum) ?? 0.1,
        epsilon: try values.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5)
    case .relu: self = .relu
    case .maxPooling: self = .maxPooling(try Self.window(values, stride: nil))
    case .globalAveragePooling: self = .globalAveragePooling
    case .sheet:
      self = .sheet(
        name: try name(),
        Sheet(
          rows: try values.decode(Int.self, forKey: .rows),
          columns: try values.decode(Int.self, forKey: .columns)))
    case .dropout: self = .dropout(rate: try values.decode(Float.self, forKey: .rate))
    case .linear:
      self = .linear(name: try name(), outputs: try values.decode(Int.self, forKey: .outputs))
    }
  }

  /// Writes a layer.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(kind, forKey: .kind)
    try values.encodeIfPresent(name, forKey: .name)
    switch self {
    case .convolution(_, let outputs, let window):
      try values.encode(outputs, forKey: .outputs)
      try Self.encode(window, to: &values)
    case .batchNormalization(_, let momentum, let epsilon):
      try values.encode(momentum, forKey: .momentum)
      try values.encode(epsilon, forKey: .epsilon)
    case .maxPooling(let window): try Self.encode(window, to: &values)
    case .sheet(_, let sheet):
      try values.encode(sheet.rows, forKey: .rows)
      try values.encode(sheet.columns, forKey: .columns)
    case .dropout(let rate): try values.encode(rate, forKey: .rate)
    case .linear(_, let outputs): try values.encode(outputs, forKey: .outputs)
    case .relu, .globalAveragePooling: break
    }
  }

  private static func window(
    _ values: KeyedDecodingContainer<Key>, stride: Window.Extent?
  ) throws -> Window {
    func extent(_ key: Key) throws -> Window.Extent? {
      guard let both = try values.decodeIfPresent([Int].self, forKey: key) else { return nil }
      guard both.count == 2 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "expected two numbers: rows and columns")
      }
      return .init(rows: both[0], columns: both[1])
    }
    guard let kernel = try extent(.kernel) else {
      throw DecodingError.keyNotFound(
        Key.kernel, .init(codingPath: values.codingPath, debugDescription: "no kernel is given"))
    }
    return Window(
      kernel: kernel, stride: try extent(.stride) ?? stride ?? kernel,
      padding: try extent(.padding) ?? .init(0))
  }

  private static func encode(
    _ window: Window, to values: inout KeyedEncodingContainer<Key>
  ) throws {
    try values.encode([window.kernel.rows, window.kernel.columns], forKey: .kernel)
    try values.encode([window.stride.rows, window.stride.columns], forKey: .stride)
    try values.encode([window.padding.rows, window.padding.columns], forKey: .padding)
  }
}
