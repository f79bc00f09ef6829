/// Files of weights in formats other than safetensors, recognized by their first bytes.
enum ForeignModelFile: CaseIterable {
  case zip, pickle, tar, hdf5, gguf, onnx, gzip, array, largeFilePointer, page

  /// What begins with these bytes; nil for what may be safetensors.
  init?(_ bytes: [UInt8]) {
    guard let kind = Self.allCases.first(where: { $0.matches(bytes) }) else { return nil }
    self = kind
  }

  private func matches(_ bytes: [UInt8]) -> Bool {
    func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    switch self {
    case .zip: return begins("PK\u{3}\u{4}")
    // Protocols 2 to 5; they are lengths of safetensors headers, too.
    case .pickle:
      return bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1]) && !hasHeader(bytes)
    case .tar: return bytes.dropFirst(257).starts(with: "ustar".utf8) && !hasHeader(bytes)
    case .hdf5: return bytes.starts(with: [0x89] + Array("HDF\r\n".utf8))
    case .gguf: return begins("GGUF")
    // The version of the format, then the producer's name.
    case .onnx: return bytes.count > 3 && bytes[0] == 8 && bytes[2] == 0x12 && !hasHeader(bytes)
    case .gzip: return bytes.starts(with: [0x1F, 0x8B]) && !hasHeader(bytes)
    case .array: return bytes.starts(with: [0x93] + Array("NUMPY".utf8))
    case .largeFilePointer: return begins("version https://git-lfs")
    case .page: return begins("<!DOCTYPE") || begins("<!doctype") || begins("<html")
    }
  }

  /// Whether a header follows the eight bytes of its length, as in safetensors.
  private func hasHeader(_ bytes: [UInt8]) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
  }

  /// Continues a sentence about the file.
  var problem: String {
    let save = "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")"
    switch self {
    case .zip:
      return "is a PyTorch checkpoint or another zip archive; in Python, write its weights by "
        + save
    case .pickle, .tar:
      return
        "is a checkpoint of an old PyTorch, or another pickle; in Python, load it by torch.load "
        + "and write its weights by \(save)"
    case .hdf5: return "is an HDF5 file, as Keras writes it; \(Self.convert)"
    case .gguf: return "is a GGUF file; \(Self.convert)"
    case .onnx: return "is an ONNX file; \(Self.convert)"
    case .gzip: return "is compressed by gzip; unpack it with gunzip"
    case .array: return "is an NPY file, one array; \(Self.convert)"
    case .largeFilePointer:
      return "is a pointer of Git LFS, not the file itself; fetch it with git lfs pull"
    case .page: return "is a web page, not a model; download the file itself"
    }
  }

  private static let convert =
    "put its weights into the PyTorch class and write them by "
    + "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")"
}
