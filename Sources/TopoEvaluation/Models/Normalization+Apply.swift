import Dispatch
import Foundation
import TopoData

extension Normalization {
  /// Normalizes values in place on all cores: `(value - mean) / standardDeviation` by channel.
  /// - Parameters:
  ///   - values: dense `[image, channel, pixel]`.
  ///   - pixels: number of pixels in a channel of an image.
  func apply(to values: inout [Float], pixels: Int) {
    let channels = mean.count
    precondition(values.count % (channels * pixels) == 0)
    let planes = values.count / pixels
    let workers = max(1, min(planes / 64, ProcessInfo.processInfo.activeProcessorCount))
    values.withUnsafeMutableBufferPointer { values in
      guard let start = values.baseAddress else { return }
      let target = Planes(start: start)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for plane in planes * worker / workers..<planes * (worker + 1) / workers {
          let channel = plane % channels
          let (mean, standardDeviation) = (mean[channel], standardDeviation[channel])
          let plane = target.start + plane * pixels
          for index in 0..<pixels { plane[index] = (plane[index] - mean) / standardDeviation }
        }
      }
    }
  }

  /// `Sendable`, because workers write disjoint planes of an array that outlives them.
  private struct Planes: @unchecked Sendable { let start: UnsafeMutablePointer<Float> }
}
