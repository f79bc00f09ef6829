import Foundation
import TopoFoundation

/// CIFAR in a form that is not read here: Python's pickles, which is what torchvision downloads, or
/// Matlab's files.
struct ForeignCIFAR {
  /// 10 or 100.
  var classes: Int
  /// `Python` or `Matlab`.
  var language: String
  /// The folder of the files.
  var folder: URL

  /// What is in `folder`, or in a subfolder that archives unpack to; nil when it is not of this kind.
  static func find(in folder: URL) -> ForeignCIFAR? {
    let parts = [
      "", "cifar-10-batches-py", "cifar-100-python", "cifar-10-batches-mat", "cifar-100-matlab",
    ]
    for part in parts {
      let place = part.isEmpty ? folder : folder.appending(path: part)
      guard let listing = try? FolderListing(place) else { continue }
      let ten = (1...5).map { "data_batch_\($0)" } + ["test_batch"]
      func has(_ names: [String]) -> Bool { listing.file(names) != nil }
      if ten.contains(where: { isPickle(listing.file([$0])) }) {
        return ForeignCIFAR(classes: 10, language: "Python", folder: place)
      }
      // `train` and `test` are common names of anything.
      if has(["meta"]), ["train", "test"].contains(where: { isPickle(listing.file([$0])) }) {
        return ForeignCIFAR(classes: 100, language: "Python", folder: place)
      }
      if has(ten.map { $0 + ".mat" }) {
        return ForeignCIFAR(classes: 10, language: "Matlab", folder: place)
      }
      if has(["train.mat"]), has(["test.mat"]), has(["meta.mat"]) {
        return ForeignCIFAR(classes: 100, language: "Matlab", folder: place)
      }
    }
    return nil
  }

  /// Continues a sentence about what was found.
  var remedy: String {
    let inside =
      classes == 10
      ? "data_batch_1.bin to data_batch_5.bin, test_batch.bin" : "train.bin, test.bin"
    return
      "the \(language) version of CIFAR-\(classes), which is not read; get the binary version, "
      + "cifar-\(classes)-binary.tar.gz, and give the folder that it unpacks to (\(inside))"
  }

  /// Pickles of protocol 2 and above begin with this byte; no other file of CIFAR does.
  private static func isPickle(_ url: URL?) -> Bool {
    guard let url, let file = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 1)) == Data([0x80])
  }
}
