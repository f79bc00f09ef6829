import Foundation
import TopoFoundation

/// The folders `epoch-<n>` that `toposheet evaluate --epoch 1,2 --out DIR` leaves in `DIR`.
///
/// ```swift
/// for epoch in EpochFolders.all(in: URL(filePath: "runs/epochs")) { print(epoch.epoch) }
/// ```
public enum EpochFolders {
  /// An epoch and the folder of its results.
  public typealias Entry = (epoch: Int, url: URL)

  /// The folders in the order of epochs; empty if the folder has results or work of its own.
  public static func all(in folder: URL) -> [Entry] {
    func has(_ name: String, _ folder: URL) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
    let own = ["metrics.csv", "suite.json", "study.json", "training.csv", "shards"]
    guard !own.contains(where: { has($0, folder) }) else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name -> Entry? in
      guard name.hasPrefix("epoch-"), let epoch = Int(name.dropFirst(6)), name == "epoch-\(epoch)"
      else { return nil }
      let url = folder.appending(path: name, directoryHint: .isDirectory)
      return has("metrics.csv", url) || has("suite.json", url) ? (epoch, url) : nil
    }.sorted { $0.epoch < $1.epoch }
  }

  /// What is wrong with such a folder if one evaluation is wanted, for an error that begins with its
  /// path; nil if it is none.
  public static func obstacle(of folder: URL) -> String? {
    let entries = all(in: folder)
    guard let first = entries.first else { return nil }
    return "holds evaluations of \(entries.count.counted("epoch")) in folders of their own: give "
      + "one of them, such as \(first.url.relativePath)"
  }
}
