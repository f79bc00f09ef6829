import Dispatch
import Foundation
import TopoData
import TopoFoundation

extension Noise {
  /// Degrades images. The result for an image depends on its index, the seed, the level and the
  /// draw; not on which images are asked for beside it, nor on the number of threads.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]` of at least `range.upperBound` images.
  ///   - shape: of one image.
  ///   - range: the images to degrade.
  ///   - level: in [0, 1]; 0 leaves images as they are.
  ///   - draw: number of the draw, from 0.
  ///   - seed: the noise seed, shared by all members.
  ///   - threads: threads to use; all cores by default.
  ///   - output: values in [0, 1], `[image of range, channel, row, column]`.
  public func apply(
    to images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>, level: Double,
    draw: Int, seed: UInt64, threads: Int? = nil, output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(level >= 0 && level <= 1, "levels lie in [0, 1]")
    precondition(
      range.lowerBound >= 0 && range.upperBound * shape.count <= images.count,
      "the range lies in the images")
    precondition(output.count == range.count * shape.count, "output has one value per input byte")
    guard let bytes = images.baseAddress, let values = output.baseAddress, !range.isEmpty else {
      return
    }
    let workers = max(
      1, min(range.count, threads ?? ProcessInfo.processInfo.activeProcessorCount))
    let task = NoiseTask(
      noise: self, shape: shape, level: level, source: source(seed: seed, level: level, draw: draw),
      filter: kind == .pink && level > 0
        ? PinkFilter(
          rows: shape.rows, columns: shape.columns, rootOfFrequency: spectrum == .pink) : nil,
      images: bytes, first: range.lowerBound, output: values)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let part = range.count * worker / workers..<range.count * (worker + 1) / workers
      task.run(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound)
    }
  }

  /// Degrades images.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]`.
  ///   - shape: of one image.
  ///   - range: the images to degrade; all by default.
  ///   - level: in [0, 1]; 0 leaves images as they are.
  ///   - draw: number of the draw, from 0.
  ///   - seed: the noise seed, shared by all members.
  ///   - threads: threads to use; all cores by default.
  /// - Returns: values in [0, 1], `[image of range, channel, row, column]`.
  public func apply(
    to images: [UInt8], shape: ImageShape, range: Range<Int>? = nil, level: Double, draw: Int,
    seed: UInt64, threads: Int? = nil
  ) -> [Float] {
    let range = range ?? 0..<(images.count / shape.count)
    let count = range.count * shape.count
    return [Float](unsafeUninitializedCapacity: count) { output, initialized in
      images.withUnsafeBufferPointer { images in
        apply(
          to: images, shape: shape, range: range, level: level, draw: draw, seed: seed,
          threads: threads, output: UnsafeMutableBufferPointer(rebasing: output[..<count]))
      }
      initialized = count
    }
  }
}

/// One call of `Noise.apply`. Workers write disjoint parts of `output`, which the caller owns for
/// as long as they run.
private struct NoiseTask: @unchecked Sendable {
  let noise: Noise
  let shape: ImageShape
  let level: Double
  let source: Philox
  let filter: PinkFilter?
  let images: UnsafePointer<UInt8>
  /// Index of the image at the beginning of `output`.
  let first: Int
  let output: UnsafeMutablePointer<Float>

  func run(_ range: Range<Int>) {
    let count = shape.count
    let pixels = shape.rows * shape.columns
    let draws = SaltAndPepper.count(pixels: pixels, level: level)
    let scratchCount = max(count, filter?.scratchCount ?? 0)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { field in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: pixels) { taken in
          guard let field = field.baseAddress, let scratch = scratch.baseAddress,
            let taken = taken.baseAddress
          else { return }
          taken.initialize(repeating: false, count: pixels)
          for image in range {
            let values = output + (image - first) * count
            toUnit(images + image * count, values, count)
            guard level > 0 else { continue }
            switch noise.kind {
            case .white, .pink:
              add(field, scratch, to: values, image: UInt64(image))
            case .saltAndPepper where noise.withReplacement:
              SaltAndPepper.apply(
                SaltAndPepper.withReplacement(
                  draws, shape: shape, source: source, image: UInt64(image)),
                shape: shape, image: values)
            case .saltAndPepper:
              SaltAndPepper.apply(
                SaltAndPepper.withoutReplacement(
                  draws, shape: shape, source: source, image: UInt64(image), taken: taken),
                shape: shape, image: values)
            }
          }
        }
      }
    }
  }

  private func toUnit(
    _ bytes: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for index in 0..<count { values[index] = unit[Int(bytes[index])] }
    }
  }

  /// Draws the image's white field, filters it where the noise is pink, and adds it.
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
