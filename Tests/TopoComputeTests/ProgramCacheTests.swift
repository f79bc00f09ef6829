import Foundation
import Synchronization
import TestSupport
import Testing
import TopoFoundation

@testable import TopoCompute

/// Compiled programs that outlast a process.
@Suite("Program cache", .serialized) struct ProgramCacheTests {
  /// Where a cache is and what it told.
  final class Place: Sendable {
    private let temporary: TemporaryFolder
    let url: URL
    private let told = Mutex<[ProgramCache.Outcome]>([])

    var cache: ProgramCache {
      ProgramCache(folder: url) { [self] outcome, _ in told.withLock { $0.append(outcome) } }
    }

    /// What was told since the last time.
    func outcomes() -> [ProgramCache.Outcome] {
      told.withLock { told in
        defer { told = [] }
        return told
      }
    }

    func files() throws -> [URL] {
      try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
    }

    init() throws {
      temporary = try TemporaryFolder()
      url = temporary.url.appending(path: "cache")
    }
  }

  static let options = "-cl-std=CL1.2 -DGROUP=64 -DCOUNT=5"

  let place: Place

  init() throws { place = try Place() }

  private func build(_ options: String = Self.options) throws {
    let context = try OpenCLContext.shared(index: 0)
    _ = try context.build(.pointwise, options: options, cache: place.cache)
  }

  @Test("a saved program is found", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func aHitAfterASave() throws {
    try build()
    #expect(place.outcomes() == [.miss, .save])
    try build()
    #expect(place.outcomes() == [.hit])
    try build(Self.options + " -DVECTOR=4")
    #expect(place.outcomes() == [.miss, .save])
    #expect(try place.files().count == 2)
  }

  @Test("a loaded program computes", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func whatWasLoadedComputes()
    throws
  {
    try build()
    let context = try OpenCLContext.shared(index: 0)
    let device = try OpenCLDevice(index: 0)
    let constants: KernelConstants = ["COUNT": 3, "GROUP": 64]
    // Twice: compiled, then loaded.
    for expected in [[ProgramCache.Outcome.miss, .save], [.hit]] {
      _ = place.outcomes()
      let program = try context.build(
        .pointwise, options: "-cl-std=CL1.2 \(constants.options)", cache: place.cache)
      #expect(place.outcomes() == expected)
      let input = try device.makeTensor(members: 1, shape: [3], values: [-1, 2, -3] as [Float])
      let output = try device.makeTensor(members: 1, shape: [3])
      let launch = try OpenCLLaunch(
        "relu", of: program, on: device, [.tensor(input), .tensor(output)], grid: (3, 1, 1),
        group: 1)
      try launch.enqueue(on: device.queue.pointer)
      #expect(try device.read(output, as: Float.self) == [0, 2, 0])
    }
  }

  /// Cut short, changed in one bit, empty, or of other contents altogether.
  @Test(
    "damaged files are compiled again", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func damagedFilesAreCompiledAnew() throws {
    try build()
    let file = try #require(try place.files().first)
    let whole = try Data(contentsOf: file)
    var changed = whole
    changed[changed.count - 7] ^= 1
    for damaged in [whole.dropLast(9), changed, Data(), Data("something else".utf8)] {
      try damaged.write(to: file)
      _ = place.outcomes()
      try build()
      #expect(place.outcomes() == [.failure, .save])
      try build()
      #expect(place.outcomes() == [.hit])
    }
    // Whole, but nothing that the driver understands.
    let key = file.lastPathComponent
    let context = try OpenCLContext.shared(index: 0)
    place.cache.save(Array("no program".utf8), try Self.key(of: context), name: "")
    #expect(try place.files().map(\.lastPathComponent) == [key], "the same key")
    _ = place.outcomes()
    try build()
    #expect(place.outcomes() == [.failure, .save])
  }

  /// The key that the builds of these tests have.
  static func key(of context: OpenCLContext) throws -> ProgramCache.Key {
    context.cacheKey(.pointwise, options: options)
  }

  @Test(
    "a folder that cannot be written does no harm",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func aFolderThatCannotBeWrittenToDoesNoHarm() throws {
    // In the place of the folder is a file.
    try Data("x".utf8).write(to: place.url)
    try build()
    #expect(place.outcomes() == [.miss, .failure])
  }

  @Test("keys differ in every part") func keysDifferInEveryPart() {
    let key = ProgramCache.Key(source: "s", options: "o", device: "d", driver: "v", platform: "p")
    var names = [key.fileName]
    for part: WritableKeyPath<ProgramCache.Key, String> in [
      \.source, \.options, \.device, \.driver, \.platform,
    ] {
      var other = key
      other[keyPath: part] += "x"
      names.append(other.fileName)
    }
    // The same text, cut elsewhere.
    names.append(
      ProgramCache.Key(source: "so", options: "", device: "d", driver: "v", platform: "p")
        .fileName)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.count == 68 })
  }

  @Test("the environment chooses the folder") func theEnvironmentChooses() {
    func folder(_ platform: String, _ environment: [String: String]) -> String? {
      ProgramCache.chosen(platform: platform, environment: environment)?.folder.path
    }
    let home = ["HOME": "/home/a"]
    #expect(folder("AMD", home) == "/home/a/.cache/toposheet/programs")
    #expect(
      folder("AMD", ["HOME": "/home/a", "XDG_CACHE_HOME": "/c"]) == "/c/toposheet/programs")
    #expect(
      folder("AMD", ["HOME": "/home/a", "XDG_CACHE_HOME": "c"])
        == "/home/a/.cache/toposheet/programs")
    for platform in ["NVIDIA CUDA", "Portable Computing Language", "Oclgrind"] {
      #expect(folder(platform, home) == nil)
      #expect(folder(platform, ["TOPOSHEET_PROGRAM_CACHE": "/p"]) == "/p")
    }
    #expect(folder("AMD", ["HOME": "/home/a", "TOPOSHEET_PROGRAM_CACHE": "off"]) == nil)
    #expect(folder("AMD", [:]) == nil)
  }

  /// The vectors of FIPS 180-4 and their neighbors around a block's length.
  @Test("hashes are those of the standard") func hashesAreThoseOfTheStandard() {
    let known = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]
    for (text, hash) in known { #expect(SHA256.hex(Array(text.utf8)) == hash) }
    let lengths = [
      55: "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
      56: "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
      63: "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
      64: "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
      65: "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
      1000: "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
    ]
    for (length, hash) in lengths {
      #expect(SHA256.hex([UInt8](repeating: 0x61, count: length)) == hash, "\(length)")
    }
  }
}
