import Dispatch
import Foundation
import Synchronization
import TopoFoundation

/// Spreads images over threads. Workers take disjoint parts of a range, each image alone, so results
/// do not depend on how many there are.
enum ImageWorkers {
  /// The images of one worker.
  struct Part {
    /// Indices of the images.
    let images: Range<Int>
    fileprivate let bytes: UnsafePointer<UInt8>
    fileprivate let values: UnsafeMutablePointer<Float>
    /// Index of the image at the beginning of `values`.
    fileprivate let first: Int
    fileprivate let count: Int

    /// The bytes of an image.
    func input(_ image: Int) -> UnsafePointer<UInt8> { bytes + image * count }
    /// Where the values of an image go.
    func output(_ image: Int) -> UnsafeMutablePointer<Float> { values + (image - first) * count }
  }

  /// The memory of one call, which the caller owns for as long as workers run.
  private struct Memory: @unchecked Sendable {
    let bytes: UnsafePointer<UInt8>
    let values: UnsafeMutablePointer<Float>
  }

  /// Runs `body` on parts of `range`.
  /// - Parameters: those of `ImagePerturbation.apply`.
  /// - Throws: the first error of `body`, when all workers have ended.
  static func run<Failure: Error>(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>, _ body: @Sendable (Part) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(
      range.lowerBound >= 0 && range.upperBound * shape.count <= images.count,
      "the range lies in the images")
    precondition(output.count == range.count * shape.count, "output has one value per input byte")
    guard let bytes = images.baseAddress, let values = output.baseAddress, !range.isEmpty else {
      return
    }
    let memory = Memory(bytes: bytes, values: values)
    let workers = max(
      1, min(range.count, threads ?? ProcessInfo.processInfo.activeProcessorCount))
    let failure = Mutex<Failure?>(nil)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let start = range.lowerBound + range.count * worker / workers
      let end = range.lowerBound + range.count * (worker + 1) / workers
      let part = Part(
        images: start..<end, bytes: memory.bytes, values: memory.values,
        first: range.lowerBound, count: shape.count)
      do throws(Failure) {
        try body(part)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Replaces each byte by its value in a table of 256.
  static func map(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>, with table: [Float]
  ) {
    run(images, shape: shape, range: range, threads: threads, output: output) { part in
      table.withUnsafeBufferPointer { table in
        for image in part.images {
          let (bytes, values) = (part.input(image), part.output(image))
          for index in 0..<shape.count { values[index] = table[Int(bytes[index])] }
        }
      }
    }
  }
}
