import CVectorKernels
import Synchronization

extension CPUDevice: PeakMeasuring {
  /// `PeakMeasuring.measurePeak`, on all threads at once.
  public func measurePeak() throws -> DevicePeak {
    DevicePeak(flopsPerSecond: multiplyAdds(), bytesPerSecond: try triad())
  }

  /// Repetitions of which the fastest counts, and how long each takes at least.
  private static let repetitions = 5
  private static let seconds = 0.02

  private func multiplyAdds() -> Double {
    let threads = pool.threads
    let results = (0..<threads).map { _ in Result() }
    let clock = ContinuousClock()
    func seconds(_ rounds: Int) -> Double {
      clock.seconds {
        pool.run { thread in
          var sum: Float = 0
          results[thread].flops.store(
            topo_peak_multiply_add(rounds, &sum).bitPattern, ordering: .relaxed)
          results[thread].sum.store(sum.bitPattern, ordering: .relaxed)
        }
      }
    }
    var rounds = 10_000
    while seconds(rounds) < Self.seconds { rounds *= 2 }
    let fastest = (0..<Self.repetitions).map { _ in seconds(rounds) }.min() ?? .infinity
    let flops = results.reduce(0) { $0 + Double(bitPattern: $1.flops.load(ordering: .relaxed)) }
    return flops / fastest
  }

  private final class Result: Sendable {
    let flops = Atomic<UInt64>(0)
    let sum = Atomic<UInt32>(0)
  }

  private func triad() throws -> Double {
    let threads = pool.threads
    // All together half a gibibyte, larger than last-level caches, but no more on many cores.
    let count = min(max((512 << 20) / 12 / threads, 1 << 19), 1 << 23) / 16 * 16
    let arrays = try (0..<threads).map { _ in
      try (0..<3).map { _ in try CPUStorage(bytes: count * 4, slots: 0, device: self) }
    }
    pool.run { thread in
      // A thread writes its arrays itself, so that they lie near its core; pages that were never
      // written would all be the same page.
      for array in arrays[thread] {
        array.base.assumingMemoryBound(to: Float.self).update(repeating: 1, count: count)
      }
    }
    let clock = ContinuousClock()
    let times = (0..<Self.repetitions).map { _ in
      clock.seconds {
        pool.run { thread in
          let pointers = arrays[thread].map { $0.base.assumingMemoryBound(to: Float.self) }
          topo_peak_triad(pointers[0], pointers[1], pointers[2], 0.5, count)
        }
      }
    }
    return Double(threads * count * 3 * 4) / (times.min() ?? .infinity)
  }
}
