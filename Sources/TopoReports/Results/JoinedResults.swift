import Foundation
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// The results of several folders, by data set.
struct JoinedResults: Sendable {
  /// The folders in the order in which they were given, each once.
  let folders: [ResultFolder]
  /// A study per data set, architecture, sheet and number of epochs, in order of appearance.
  let studies: [StudyResults]
  /// Folders of single epochs that have no results yet, though other epochs have.
  let leftOut: [URL]

  /// Reads and joins folders.
  /// - Throws: `UserError` as `ResultFolder`; and if two folders have different values of one
  ///   network on the same images, which are then of different networks.
  init(_ urls: [URL]) throws {
    var paths: Set<String> = []
    var leftOut: [URL] = []
    let expanded = urls.flatMap { url -> [URL] in
      let epochs = EpochFolders.all(in: url).map(\.url)
      let done = epochs.filter {
        FileManager.default.fileExists(atPath: $0.appending(path: "metrics.csv").path)
      }
      guard !done.isEmpty else { return epochs.isEmpty ? [url] : epochs }
      leftOut += epochs.filter { !done.contains($0) }
      return done
    }
    let folders = try expanded.filter { paths.insert($0.standardizedFileURL.path).inserted }.map {
      try ResultFolder($0)
    }
    self.leftOut = leftOut
    var order: [NetworkValues.Setting] = []
    var records: [NetworkValues.Setting: [ImageGroup<[Record]>]] = [:]
    var networks: [NetworkValues.Setting: [NetworkIdentity]] = [:]
    var places: [NetworkValues.Setting: Set<Int>] = [:]
    var first: [RecordKey: (value: MeasuredValue, folder: Int)] = [:]
    var images: [EvaluatedImages] = []
    func note(_ setting: NetworkValues.Setting, in folder: Int) {
      if places[setting] == nil { order.append(setting) }
      places[setting, default: []].insert(folder)
    }
    for (index, folder) in folders.enumerated() {
      var known: [String: Int] = [:]
      func place(_ perturbation: String) -> Int {
        if let place = known[perturbation] { return place }
        let place = Self.place(of: folder.origin.images(under: perturbation), in: &images)
        known[perturbation] = place
        return place
      }
      for record in folder.records {
        let setting = NetworkValues.Setting(record.network, dataset: record.dataset)
        note(setting, in: index)
        let set = place(record.perturbation)
        let key = RecordKey(record, images: set)
        if let known = first[key] {
          guard known.value != record.value, !Self.isOfSeveral(record.measure) else { continue }
          guard known.folder == index else {
            throw UserError(
              folder.url,
              "\(record.condition), seed \(record.network.seed), has another "
                + "\(record.measure) (\(record.perturbation)) than in "
                + "\(folders[known.folder].url.path) for \(images[set].text), so these are other "
                + "networks, or perturbations of another seed: give the folders to two reports")
          }
          continue
        }
        first[key] = (record.value, index)
        let group = records[setting]?.firstIndex { $0.images == images[set] }
        if let group {
          records[setting]?[group].rows.append(record)
        } else {
          records[setting, default: []].append(.init(images: images[set], rows: [record]))
        }
      }
    }
    for (index, folder) in folders.enumerated() {
      for (network, dataset) in try Self.trained(folder) {
        let setting = NetworkValues.Setting(network, dataset: dataset)
        note(setting, in: index)
        networks[setting, default: []].append(network)
      }
    }
    self.folders = folders
    studies = try order.map { setting in
      try StudyResults(
        setting, records[setting] ?? [], networks: networks[setting] ?? [],
        folders: (places[setting] ?? []).sorted().map { folders[$0] })
    }
  }

  /// The number of a set of images. Sets of which one lacks a checksum are one set if the rest fits.
  private static func place(
    of images: EvaluatedImages, in known: inout [EvaluatedImages]
  ) -> Int {
    if let place = known.firstIndex(where: images.fits) { return place }
    known.append(images)
    return known.count - 1
  }

  /// Whether a measure depends on the other networks of an evaluation, so that two evaluations of one
  /// network may differ. The first folder counts.
  private static func isOfSeveral(_ measure: String) -> Bool {
    measure.hasSuffix("-to-other-seeds") || measure == "ce" || measure.hasSuffix("mce")
      || measure.hasPrefix("relative-ce")
  }

  /// The networks of `training.csv` after their last epoch.
  private static func trained(
    _ folder: ResultFolder
  ) throws -> [(network: NetworkIdentity, dataset: String)] {
    guard let table = folder.training else { return [] }
    guard let rows = table.texts(["dataset"] + NetworkIdentity.columns) else {
      throw UserError(
        folder.url.appending(path: "training.csv"),
        "line 1 is not the header of a training.csv; restore the file or continue the study")
    }
    var last: [String: (network: NetworkIdentity, dataset: String)] = [:]
    var order: [String] = []
    for row in rows {
      guard let network = NetworkIdentity(fields: Array(row.dropFirst())) else { continue }
      let key = "\(network.condition)/\(network.seed)"
      if last[key] == nil { order.append(key) }
      if network.epoch >= last[key]?.network.epoch ?? 0 { last[key] = (network, row[0]) }
    }
    // Networks that stopped early belong to the study of the others.
    let epochs = last.values.map(\.network.epoch).max() ?? 0
    return order.compactMap { last[$0] }.map { entry in
      var network = entry.network
      network.epoch = epochs
      return (network, entry.dataset)
    }
  }
}

/// What distinguishes records.
private struct RecordKey: Hashable {
  var network: NetworkIdentity
  var dataset: String
  var measure: String
  var perturbation: String
  var severity: Double
  var draw: Int
  var images: Int

  init(_ record: Record, images: Int) {
    self.images = images
    (network, dataset, measure) = (record.network, record.dataset, record.measure)
    (perturbation, severity, draw) = (record.perturbation, record.severity, record.draw)
  }
}

extension NetworkValues.Setting {
  /// The setting of a network.
  init(_ network: NetworkIdentity, dataset: String) {
    self.init(
      dataset: dataset, architecture: network.architecture, sheet: network.sheet,
      epoch: network.epoch)
  }
}
