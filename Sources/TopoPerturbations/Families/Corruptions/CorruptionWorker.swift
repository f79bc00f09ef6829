import TopoFoundation

/// Corrupts one image after another on one thread: tables and memory are made once, and nothing is
/// allocated per image.
protocol CorruptionWorker: AnyObject {
  /// Corrupts an image.
  /// - Parameters:
  ///   - image: bytes `[channel, row, column]`.
  ///   - output: bytes of the same shape.
  ///   - random: the image's random numbers.
  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) throws
}

extension Corruption {
  /// A worker for images of a shape that `check` let pass.
  /// - Parameter severity: from 1 to 5.
  func worker(severity: Int, shape: ImageShape) throws -> any CorruptionWorker {
    switch kind {
    case .gaussianNoise: GaussianPointNoise.gaussian(family, severity, shape)
    case .shotNoise: ShotNoise(family, severity, shape)
    case .impulseNoise: ImpulseNoise(family, severity, shape)
    case .speckleNoise: GaussianPointNoise.speckle(family, severity, shape)
    case .defocusBlur: DefocusBlur(family, severity, shape)
    case .glassBlur: GlassBlur(family, severity, shape)
    case .motionBlur: MotionBlur(family, severity, shape)
    case .zoomBlur: ZoomBlur(family, severity, shape)
    case .gaussianBlur: GaussianBlur(family, severity, shape)
    case .snow: Snow(family, severity, shape)
    case .frost: try Frost(family, severity, shape, frost)
    case .fog: Fog(family, severity, shape)
    case .spatter where family == .common && severity <= 3: WaterSpatter(severity, shape)
    case .spatter: MudSpatter(family, severity, shape)
    case .brightness: Brightness(family, severity, shape)
    case .contrast: Contrast(family, severity, shape)
    case .saturate: Saturate(family, severity, shape)
    case .elasticTransform: ElasticTransform(family, severity, shape)
    case .pixelate: Pixelate(family, severity, shape)
    case .jpegCompression: try JPEGCompression(family, severity, shape)
    }
  }
}

extension Corruption.Family {
  /// The parameter of a severity from 1 to 5.
  func choose<Value>(_ severity: Int, common: [Value], mnist: [Value]) -> Value {
    (self == .common ? common : mnist)[severity - 1]
  }

  /// A value on the [0, 1] scale as a byte: clipped, and truncated rather than rounded, as the
  /// published code does. MNIST-C's passes through Float32 before.
  @inline(__always)
  func byte(_ value: Double) -> UInt8 {
    let scaled = (value < 0 ? 0 : value > 1 ? 1 : value) * 255
    return self == .common ? UInt8(scaled) : UInt8(Float(scaled))
  }
}

extension UInt8 {
  /// A Float32 on the [0, 1] scale: clipped, and truncated.
  @inline(__always)
  init(truncatingUnit value: Float) {
    self = UInt8((value < 0 ? 0 : value > 1 ? 1 : value) * 255)
  }
}
