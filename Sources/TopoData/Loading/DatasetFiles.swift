import Foundation
import TopoCompute

/// The files of a data set as they were found in a folder.
enum DatasetFiles {
  /// Images and labels, in IDX files.
  struct Pair {
    var images: URL
    var labels: URL
  }

  case idx(training: Pair, test: Pair, variant: EMNISTVariant?)
  case cifar(CIFARBinary, training: [URL], test: [URL])

  /// The files in `folder` or in a subfolder that archives unpack to; nil when there are none.
  /// - Parameter variant: which of EMNIST's files are wanted, where there are several.
  /// - Throws: `FileError` when some files of a set are there and others are missing.
  static func find(in folder: URL, variant: EMNISTVariant? = nil) throws -> DatasetFiles? {
    for part in ["", "raw", "gzip", "cifar-10-batches-bin", "cifar-100-binary"] {
      let place = part.isEmpty ? folder : folder.appending(path: part)
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place.path) else {
        continue
      }
      let found = Set(names)
      if let files = try idx(in: place, found, variant: variant) { return files }
      if let files = try cifar(in: place, found) { return files }
    }
    return nil
  }

  // MARK: IDX

  private static func idx(
    in folder: URL, _ found: Set<String>, variant: EMNISTVariant?
  ) throws -> DatasetFiles? {
    let stems = ["train", "t10k", "test"]
    func present(_ prefix: String) -> Bool {
      stems.contains { stem in
        spellings(prefix + stem, "images-idx3").contains(where: found.contains)
      }
    }
    var chosen: EMNISTVariant?
    if variant != nil || !present("") {
      let variants = EMNISTVariant.allCases.filter { present("emnist-\($0.rawValue)-") }
      guard let first = variants.first else { return nil }
      if let variant {
        guard variants.contains(variant) else { return nil }
        chosen = variant
      } else {
        guard first == .balanced || variants.count == 1 else {
          let names = variants.map { "emnist-\($0.rawValue)" }.joined(separator: ", ")
          throw FileError(folder, "holds several variants of EMNIST; ask for one of \(names)")
        }
        chosen = first
      }
    }
    let prefix = chosen.map { "emnist-\($0.rawValue)-" } ?? ""
    func pair(_ stems: [String]) throws -> Pair {
      Pair(
        images: try file(stems.map { prefix + $0 }, "images-idx3", in: folder, found),
        labels: try file(stems.map { prefix + $0 }, "labels-idx1", in: folder, found))
    }
    return .idx(
      training: try pair(["train"]), test: try pair(["t10k", "test"]), variant: chosen)
  }

  private static func spellings(_ stem: String, _ kind: String) -> [String] {
    ["\(stem)-\(kind)-ubyte", "\(stem)-\(kind)-ubyte.gz"]
      + ["\(stem)-\(kind)-ubyte", "\(stem)-\(kind)-ubyte.gz"].map {
        $0.replacingOccurrences(of: "-idx", with: ".idx")
      }
  }

  private static func file(
    _ stems: [String], _ kind: String, in folder: URL, _ found: Set<String>
  ) throws -> URL {
    let candidates = stems.flatMap { spellings($0, kind) }
    guard let name = candidates.first(where: found.contains) else {
      throw FileError(
        folder, "lacks \(candidates[0]) (plain or .gz), which belongs to the files that are there")
    }
    return folder.appending(path: name)
  }

  // MARK: CIFAR

  private static func cifar(in folder: URL, _ found: Set<String>) throws -> DatasetFiles? {
    let ten = (1...5).map { "data_batch_\($0).bin" }
    let (classes, training, test) =
      if (ten + ["test_batch.bin"]).contains(where: found.contains) {
        (10, ten, "test_batch.bin")
      } else if found.contains("train.bin") || found.contains("test.bin") {
        (100, ["train.bin"], "test.bin")
      } else { (0, [], "") }
    guard classes > 0 else { return nil }
    if let missing = (training + [test]).first(where: { !found.contains($0) }) {
      throw FileError(
        folder, "lacks \(missing), which belongs to the files of CIFAR-\(classes) that are there")
    }
    return .cifar(
      CIFARBinary(classes: classes), training: training.map { folder.appending(path: $0) },
      test: [folder.appending(path: test)])
  }
}
