import Foundation
import TopoFoundation

/// The files of a data set as they were found in a folder: of each split, or nil if they are missing
/// and not needed.
enum DatasetFiles {
  /// Images and labels, in IDX files.
  struct Pair {
    var images: URL
    var labels: URL
  }

  case idx(training: Pair?, test: Pair?, variant: EMNISTVariant?)
  case cifar(CIFARBinary, training: [URL]?, test: [URL]?)

  /// Whether the files of a split are there.
  func has(_ split: Split) -> Bool {
    switch self {
    case .idx(let training, let test, _): (split == .training ? training : test) != nil
    case .cifar(_, let training, let test): (split == .training ? training : test) != nil
    }
  }

  /// The files in `folder` or in a subfolder that archives unpack to; nil when there are none.
  /// - Parameters:
  ///   - variant: which of EMNIST's files are wanted, if there are several.
  ///   - splits: those whose files are needed.
  /// - Throws: `UserError` when some files of a set are there and needed ones are missing, or a
  ///   folder cannot be read.
  static func find(
    in folder: URL, variant: EMNISTVariant? = nil, needing splits: [Split]
  ) throws -> DatasetFiles? {
    for part in ["", "raw", "gzip", "cifar-10-batches-bin", "cifar-100-binary"] {
      let place = part.isEmpty ? folder : folder.appending(path: part)
      guard let listing = try FolderListing(place) else { continue }
      if let files = try idx(in: listing, variant: variant, splits) { return files }
      if let files = try cifar(in: listing, splits) { return files }
    }
    return nil
  }

  // MARK: IDX

  private static func idx(
    in listing: FolderListing, variant: EMNISTVariant?, _ splits: [Split]
  ) throws -> DatasetFiles? {
    let stems = ["train", "t10k", "test"]
    func present(_ prefix: String) -> Bool {
      stems.contains { stem in
        listing.file(spellings(prefix + stem, "images-idx3")) != nil
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
          throw UserError(
            listing.folder, "holds several variants of EMNIST; ask for one of \(names)")
        }
        chosen = first
      }
    }
    let prefix = chosen.map { "emnist-\($0.rawValue)-" } ?? ""
    func pair(_ split: Split, _ stems: [String]) throws -> Pair? {
      try needed(splits.contains(split)) {
        Pair(
          images: try file(stems.map { prefix + $0 }, "images-idx3", in: listing),
          labels: try file(stems.map { prefix + $0 }, "labels-idx1", in: listing))
      }
    }
    return .idx(
      training: try pair(.training, ["train"]), test: try pair(.test, ["t10k", "test"]),
      variant: chosen)
  }

  /// Files that are missing are an error only if they are needed.
  private static func needed<Files>(_ isNeeded: Bool, _ find: () throws -> Files) throws -> Files? {
    isNeeded ? try find() : try? find()
  }

  private static func spellings(_ stem: String, _ kind: String) -> [String] {
    ["\(stem)-\(kind)-ubyte", "\(stem)-\(kind)-ubyte.gz"]
      + ["\(stem)-\(kind)-ubyte", "\(stem)-\(kind)-ubyte.gz"].map {
        $0.replacingOccurrences(of: "-idx", with: ".idx")
      }
  }

  private static func file(
    _ stems: [String], _ kind: String, in listing: FolderListing
  ) throws -> URL {
    let candidates = stems.flatMap { spellings($0, kind) }
    guard let file = listing.file(candidates) else {
      throw UserError(
        listing.folder,
        "lacks \(candidates[0]) (plain or .gz), which belongs to the files that are there")
    }
    return file
  }

  // MARK: CIFAR

  private static func cifar(
    in listing: FolderListing, _ splits: [Split]
  ) throws -> DatasetFiles? {
    let ten = (1...5).map { "data_batch_\($0).bin" }
    func isThere(_ name: String) -> Bool { listing.file([name]) != nil }
    let (classes, training, test) =
      if (ten + ["test_batch.bin"]).contains(where: isThere) {
        (10, ten, "test_batch.bin")
      } else if isThere("train.bin") || isThere("test.bin") {
        (100, ["train.bin"], "test.bin")
      } else { (0, [], "") }
    guard classes > 0 else { return nil }
    func file(_ name: String) throws -> URL {
      guard let file = listing.file([name]) else {
        throw UserError(
          listing.folder,
          "lacks \(name), which belongs to the files of CIFAR-\(classes) that are there")
      }
      return file
    }
    return .cifar(
      CIFARBinary(classes: classes),
      training: try needed(splits.contains(.training)) { try training.map(file) },
      test: try needed(splits.contains(.test)) { [try file(test)] })
  }
}
