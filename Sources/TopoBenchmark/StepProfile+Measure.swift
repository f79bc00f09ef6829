import TopoCompute

extension StepProfile {
  /// Profiles a training step several times, for about `seconds`, and takes the median time of each
  /// operation.
  init(
    _ workload: TrainingWorkload, condition: String, seconds: Double,
    on device: any OperationProfiling
  ) throws {
    let operations = workload.operations
    try workload.run(2)
    let clock = ContinuousClock()
    let start = clock.now
    var times: [[Double]] = []
    repeat {
      // Writes the order of images anew; profiled operations alone would run beyond its end.
      try workload.run(1)
      times.append(try device.profile(operations))
    } while times.count < 3 || (clock.now - start < .seconds(seconds) && times.count < 1000)
    let medians = operations.indices.map { index in
      times.map { $0[index] }.sorted()[times.count / 2]
    }
    self.init(
      workload, condition: condition, names: operations.map(\.name), seconds: medians)
  }

  /// A profile from the seconds of each operation.
  init(_ workload: TrainingWorkload, condition: String, names: [String], seconds: [Double]) {
    self.init(
      architecture: workload.network.name, condition: condition, members: workload.members,
      batch: workload.batch, seconds: seconds.reduce(0, +),
      entries: Self.entries(names: names, seconds: seconds))
  }

  /// One entry for the operations of each name, the longest time first.
  static func entries(names: [String], seconds: [Double]) -> [Entry] {
    let total = seconds.reduce(0, +)
    var entries: [String: Entry] = [:]
    for (name, seconds) in zip(names, seconds) {
      var entry = entries[name] ?? Entry(name: name, count: 0, seconds: 0, share: 0)
      entry.count += 1
      entry.seconds += seconds
      entry.share = total > 0 ? entry.seconds / total : 0
      entries[name] = entry
    }
    return entries.values.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
  }
}
