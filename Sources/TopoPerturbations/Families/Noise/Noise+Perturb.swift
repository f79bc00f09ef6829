import TopoData
import TopoFoundation

extension Noise {
  /// Perturbs images at the level `severity`, as `ImagePerturbation` says.
  public func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) {
    let task = NoiseTask(
      noise: self, shape: shape, level: severity,
      source: source(seed: seed, level: severity, draw: draw),
      filter: kind == .pink
        ? PinkFilter(
          rows: shape.rows, columns: shape.columns, rootOfFrequency: spectrum == .pink) : nil)
    ImageWorkers.run(images, shape: shape, range: range, threads: threads, output: output) {
      task.run($0)
    }
  }
}

/// One call of `Noise.perturb`: what its images share.
private struct NoiseTask: Sendable {
  let noise: Noise
  let shape: ImageShape
  let level: Double
  let source: Philox
  let filter: PinkFilter?

  /// Perturbs the images of one worker.
  func run(_ part: ImageWorkers.Part) {
    let count = shape.count
    let pixels = shape.rows * shape.columns
    let draws = SaltAndPepper.count(pixels: pixels, level: level)
    let (field, scratch) = (Scratch<Float>(count), Scratch<Float>(filter?.scratchCount ?? 0))
    let taken = Scratch<Bool>(pixels)
    taken.start.initialize(repeating: false, count: pixels)
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for image in part.images {
        let (bytes, values) = (part.input(image), part.output(image))
        for index in 0..<count { values[index] = unit[Int(bytes[index])] }
        switch noise.kind {
        case .white, .pink:
          add(field.start, scratch.start, to: values, image: UInt64(image))
        case .saltAndPepper where noise.withReplacement:
          SaltAndPepper.apply(
            SaltAndPepper.withReplacement(
              draws, shape: shape, source: source, image: UInt64(image)),
            shape: shape, image: values)
        case .saltAndPepper:
          SaltAndPepper.apply(
            SaltAndPepper.withoutReplacement(
              draws, shape: shape, source: source, image: UInt64(image), taken: taken.start),
            shape: shape, image: values)
        }
      }
    }
  }

  /// Draws the image's white field, filters it if the noise is pink, and adds it.
  private func add(
    _ field: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>,
    to values: UnsafeMutablePointer<Float>, image: UInt64
  ) {
    let count = shape.count
    NormalNoise(source).fill(
      UnsafeMutableBufferPointer(start: field, count: count), from: image << 32)
    if let filter {
      for channel in 0..<shape.channels {
        filter.apply(to: field + channel * shape.rows * shape.columns, scratch: scratch)
      }
    }
    Noise.addClipped(field, level: Float(level), to: values, count)
  }
}

extension Noise {
  /// `values = clip(values + level * field, 0, 1)`.
  package static func addClipped(
    _ field: UnsafePointer<Float>, level: Float, to values: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    for index in 0..<count {
      let value = values[index] + level * field[index]
      values[index] = value < 0 ? 0 : value > 1 ? 1 : value
    }
  }
}
