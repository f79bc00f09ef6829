import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoPerturbations

/// Folders laid out as the published sets are, a few images small.
@Suite("Published corrupted images") struct CorruptionFolderTests {
  private let temporary: TemporaryFolder
  private var folder: URL { temporary.url }
  static let color = ImageShape(channels: 3, rows: 4, columns: 5)
  static let gray = ImageShape(channels: 1, rows: 4, columns: 5)
  static let labels: [Int32] = [3, 0, 9, 1, 1, 7]

  init() throws { temporary = try TemporaryFolder() }

  private func write(_ array: NPYArray, _ path: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try array.write(to: url)
  }

  /// Byte of channel `c` of pixel `p` of image `i` at the severity that is number `s`.
  private func byte(_ s: Int, _ i: Int, _ p: Int, _ c: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: 97 * s + 31 * i + 3 * p + c)
  }

  private func images(severities: Int, count: Int, channels: Int) -> NPYArray {
    var bytes: [UInt8] = []
    for s in 0..<severities {
      for i in 0..<count {
        for p in 0..<20 { for c in 0..<channels { bytes.append(byte(s, i, p, c)) } }
      }
    }
    return NPYArray(.uint8(bytes), shape: [severities * count, 4, 5, channels])
  }

  private func writeBlocks(_ names: [String] = ["fog", "frost"]) throws {
    for name in names {
      try write(images(severities: 5, count: 6, channels: 3), "\(name).npy")
    }
    let all = (0..<5).flatMap { _ in Self.labels.map { UInt8($0) } }
    try write(NPYArray(.uint8(all), shape: [30]), "labels.npy")
  }

  private func writeFolders() throws {
    for name in ["shear", "identity", "shot_noise"] {
      try write(images(severities: 1, count: 6, channels: 1), "mnist_c/\(name)/test_images.npy")
      try write(
        NPYArray(.int64(Self.labels.map(Int64.init)), shape: [6]),
        "mnist_c/\(name)/test_labels.npy")
    }
  }

  private func open(_ labels: [Int32] = labels, _ shape: ImageShape = color) throws
    -> CorruptionFolder
  {
    try CorruptionFolder(folder, labels: labels, shape: shape)
  }

  private func problem(_ labels: [Int32] = labels, _ shape: ImageShape = color) -> String {
    message { _ = try open(labels, shape) }
  }

  @Test("blocks by severity, channels first, in any range and on any threads")
  func blocks() throws {
    try writeBlocks()
    let found = try open()
    #expect(found.collection == "CIFAR-10-C")
    #expect(found.perturbations.map(\.label) == ["corruption/frost", "corruption/fog"])
    let fog = try #require(found.perturbations.last)
    #expect(fog.severities == [1, 2, 3, 4, 5] && !fog.isRandom)
    #expect(fog.summary == "images of CIFAR-10-C, read from fog.npy")
    let clean = [UInt8](repeating: 51, count: 6 * 60)
    for severity in 1...5 {
      for threads in [1, 3] {
        let values = try fog.apply(
          to: clean, shape: Self.color, range: 1..<5, severity: Double(severity), draw: 0,
          seed: 0, threads: threads)
        for image in 1..<5 {
          for pixel in 0..<20 {
            for channel in 0..<3 {
              #expect(
                values[(image - 1) * 60 + channel * 20 + pixel]
                  == Float(byte(severity - 1, image, pixel, channel)) / 255)
            }
          }
        }
      }
    }
    #expect(
      try fog.apply(to: clean, shape: Self.color, severity: 0).allSatisfy { $0 == 0.2 })
    #expect(found.perturbations.allSatisfy { $0.origin?.hasPrefix($0.file.url.path) == true })
  }

  @Test("MNIST-C's folders, each at the severity of its files") func folders() throws {
    try writeFolders()
    let found = try open(Self.labels, Self.gray)
    #expect(found.collection == "MNIST-C")
    #expect(
      found.perturbations.map(\.label)
        == ["mnist-c/identity", "mnist-c/shot-noise", "mnist-c/shear"])
    #expect(found.perturbations.map(\.severities) == [[1], [5], [2]])
    let shear = try #require(found.perturbations.last)
    let values = try shear.apply(
      to: [UInt8](repeating: 0, count: 120), shape: Self.gray, severity: 2)
    #expect(values[21] == Float(byte(0, 1, 1, 0)) / 255)
    let other = try? shear.apply(
      to: [UInt8](repeating: 0, count: 120), shape: Self.gray, severity: 1)
    #expect(other == nil)
  }

  @Test("read images take the place of computed ones, and add others") func catalog() throws {
    try writeBlocks()
    let catalog = PerturbationCatalog(folder: try open())
    #expect(try catalog.named("corruption/frost") is RecordedCorruption)
    #expect(try catalog.named("corruption/fog") is RecordedCorruption)
    #expect(catalog.perturbations.count { $0.label == "corruption/fog" } == 1)
    try writeFolders()
    try FileManager.default.removeItem(at: folder.appending(path: "labels.npy"))
    for name in ["fog", "frost"] {
      try FileManager.default.removeItem(at: folder.appending(path: "\(name).npy"))
    }
    let gray = PerturbationCatalog(folder: try open(Self.labels, Self.gray))
    #expect(try gray.named("mnist-c/shear") is RecordedCorruption)
    #expect(try gray.named("mnist-c/zigzag") is MNISTCorruption)
    #expect(gray.perturbations.count { $0.label == "mnist-c/shear" } == 1)
  }

  @Test("a subset of the data set is enough; labels may stand once for all severities")
  func subsets() throws {
    try writeBlocks()
    #expect(problem(Array(Self.labels.prefix(2))) == "no error")
    try write(NPYArray(.int64(Self.labels.map(Int64.init)), shape: [6]), "labels.npy")
    #expect(problem() == "no error")
  }

  @Test("labels of other images are noticed") func otherLabels() throws {
    try writeBlocks()
    var labels = Self.labels
    labels[4] = 2
    #expect(
      problem(labels).contains(
        "labels.npy: says that entry 4 is of class 1, but image 4 of the data set is of class 2"))
    #expect(problem(Self.labels + [1]).contains("holds 6 images at each severity, but"))
    // Of the last block alone.
    var all = (0..<5).flatMap { _ in Self.labels.map { UInt8($0) } }
    all[25] = 8
    try write(NPYArray(.uint8(all), shape: [30]), "labels.npy")
    #expect(problem().contains("entry 25 is of class 8, but image 1"))
    try write(NPYArray(.uint8([1, 2, 3]), shape: [3]), "labels.npy")
    #expect(problem().contains("labels.npy: has the shape [3], but there are 6 images"))
    try write(NPYArray(.float32([Float](repeating: 1, count: 6)), shape: [6]), "labels.npy")
    #expect(problem().contains("elements of type <f4, but labels are integers"))
    try FileManager.default.removeItem(at: folder.appending(path: "labels.npy"))
    #expect(problem().contains("labels.npy: cannot be opened"))
  }

  @Test("images of another shape, type or number are noticed") func otherImages() throws {
    try writeBlocks()
    #expect(
      problem(Self.labels, ImageShape(channels: 3, rows: 5, columns: 4)).contains(
        "has the shape [30, 4, 5, 3], but [5 x images, 5, 4, 3] is needed"))
    #expect(problem(Self.labels, Self.gray).contains("[5 x images, 4, 5, 1] is needed"))
    try write(images(severities: 1, count: 6, channels: 3), "fog.npy")
    #expect(problem().contains("fog.npy: has the shape [6, 4, 5, 3]"))
    try write(
      NPYArray(.int64([Int64](repeating: 0, count: 1800)), shape: [30, 4, 5, 3]), "fog.npy")
    let text = problem()
    #expect(
      text.contains("fog.npy: holds elements of type <i8, but images are uint8 from 0 to 255"))
    #expect(text.contains("(255 * x).round().astype(\"uint8\")"))
  }

  /// The images of `images(severities:count:channels:)` in [0, 1], as numbers of another type.
  private func fractions(_ code: String, scale: Double = 1 / 255) throws -> [UInt8] {
    guard case .uint8(let bytes) = images(severities: 5, count: 6, channels: 3).elements else {
      return []
    }
    return bytes.flatMap { byte -> [UInt8] in
      // As numpy computes it: in float32, or in float64.
      let single = scale == 1 / 255 ? Float(byte) / 255 : Float(byte) * Float(scale)
      let double = scale == 1 / 255 ? Double(byte) / 255 : Double(byte) * scale
      return code == "<f4"
        ? withUnsafeBytes(of: single.bitPattern.littleEndian) { Array($0) }
        : withUnsafeBytes(of: double.bitPattern.littleEndian) { Array($0) }
    }
  }

  private func write(_ bytes: [UInt8], code: String, _ path: String) throws {
    let header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (30, 4, 5, 3), }"
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    try Data(start + Array(header.utf8) + bytes).write(to: folder.appending(path: path))
  }

  @Test("floating-point images in [0, 1] are the bytes that they were", arguments: ["<f4", "<f8"])
  func fractions(code: String) throws {
    try writeBlocks(["fog"])
    let clean = [UInt8](repeating: 51, count: 360)
    func values() throws -> [Float] {
      let fog = try #require(try open().perturbations.last)
      return try (1...5).flatMap {
        try fog.apply(to: clean, shape: Self.color, severity: Double($0), threads: 2)
      }
    }
    let wanted = try values()
    try write(fractions(code), code: code, "fog.npy")
    #expect(try values() == wanted)
    // Others are taken as they are.
    let half = try fractions(code, scale: 0.5 / 255)
    try write(half, code: code, "fog.npy")
    #expect(zip(try values(), wanted).allSatisfy { abs($0 - $1 / 2) < 1e-7 })
  }

  @Test("floating-point images outside [0, 1] are refused before anything is evaluated")
  func rangeOfFractions() throws {
    try writeBlocks(["fog"])
    try write(fractions("<f4", scale: 1), code: "<f4", "fog.npy")
    #expect(problem().contains("fog.npy: holds 2.0 at element 2, but images of floating-point"))
    #expect(problem().contains("x.round().astype(\"uint8\")"))
    for wrong in [Float.nan, .infinity, -0.25, 1.001] {
      var bytes = try fractions("<f4")
      let last = bytes.count / 4 - 7
      withUnsafeBytes(of: wrong.bitPattern.littleEndian) {
        bytes.replaceSubrange(4 * last..<4 * last + 4, with: $0)
      }
      try write(bytes, code: "<f4", "fog.npy")
      #expect(problem().contains("holds \(wrong) at element \(last)"), "\(wrong)")
    }
    try write(fractions("<f4"), code: ">f4", "fog.npy")
    #expect(problem().contains("elements of type >f4"))
  }

  @Test("images that a cast or a division made black are refused") func blackImages() throws {
    try writeBlocks(["fog"])
    for value in [0, 1] as [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 1800)
      bytes[1000] = value
      try write(NPYArray(.uint8(bytes), shape: [30, 4, 5, 3]), "fog.npy")
      #expect(problem().contains("fog.npy: holds no byte above 1"))
      #expect(problem().contains("(255 * x).round().astype(\"uint8\")"))
    }
    try write(fractions("<f8", scale: 1 / 255.0 / 255), code: "<f8", "fog.npy")
    #expect(problem().contains("its images are black; were they divided by 255 twice?"))
  }

  @Test("damaged files are noticed") func damaged() throws {
    try writeBlocks()
    let file = folder.appending(path: "fog.npy")
    let whole = try Data(contentsOf: file)
    try whole.dropLast().write(to: file)
    #expect(problem().contains("states the shape [30, 4, 5, 3], 1800 bytes, but holds 1799"))
    try whole.prefix(40).write(to: file)
    #expect(problem().contains("ends within its NPY header"))
    try Data().write(to: file)
    #expect(problem().contains("is not an NPY file"))
    var other = whole
    other[6] = 7
    try other.write(to: file)
    #expect(problem().contains("NPY version 7"))
    let fortran = try #require(
      String(data: whole.prefix(128).dropFirst(10), encoding: .utf8)?
        .replacingOccurrences(of: "False", with: "True "))
    try (whole.prefix(10) + Data(fortran.utf8) + whole.dropFirst(128)).write(to: file)
    #expect(problem().contains("Fortran order"))
  }

  @Test("a file that shrinks while images are read is an error, not black images")
  func shrinking() throws {
    try writeBlocks()
    let fog = try #require(try open().perturbations.last)
    #expect(truncate(fog.file.url.path, 400) == 0)
    #expect(throws: UserError.self) {
      _ = try fog.apply(
        to: [UInt8](repeating: 0, count: 360), shape: Self.color, severity: 5, threads: 2)
    }
  }

  @Test("folders that hold nothing of the kind are refused") func noFiles() throws {
    #expect(problem().contains("holds neither CIFAR-10-C's files"))
    do {
      _ = try CorruptionFolder(
        folder.appending(path: "none"), labels: Self.labels, shape: Self.color)
      Issue.record("opened")
    } catch { #expect("\(error)".contains("none: is not a folder")) }
  }
}
