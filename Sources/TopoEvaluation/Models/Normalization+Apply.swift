import Dispatch
import Foundation
import TopoData

extension Normalization {
  /// Normalises values in place, on all cores: `(value - mean) / deviation` by channel.
  /// - Parameters:
  ///   - values: dense `[image, channel, pixel]`.
  ///   - pixels: of one channel of an image.
  func apply(to values: inout [Float], pixels: Int) {
    let channels = mean.count
    precondition(values.count % (channels * pixels) == 0)
    let planes = values.count / pixels
    let workers = max(1, min(planes / 64, ProcessInfo.processInfo.activeProcessorCount))
    values.withUnsafeMutableBufferPointer { values in
      guard let start = values.baseAddress else { return }
      let place = Planes(start: start)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for plane in planes * worker / workers..<planes * (worker + 1) / workers {
          let (mean, deviation) = (mean[plane % channels], standardDeviation[plane % channels])
          let plane = place.start + plane * pixels
          for index in 0..<pixels { plane[index] = (plane[index] - mean) / deviation }
        }
      }
    }
  }

  /// Workers write disjoint planes, which the caller owns for as long as they run.
  private struct Planes: @unchecked Sendable { let start: UnsafeMutablePointer<Float> }
}
