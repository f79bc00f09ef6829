import Foundation
import TestSupport
import Testing

@testable import TopoCompute

@Suite("PoCL's cache") struct PoCLCacheTests {
  @Test("the folder is the one that PoCL uses") func theFolderIsPoCLs() {
    let home = ["HOME": "/home/me"]
    #expect(PoCLCache.folder(home).path == "/home/me/.cache/pocl/kcache")
    let xdg = home.merging(["XDG_CACHE_HOME": "/cache"]) { $1 }
    #expect(PoCLCache.folder(xdg).path == "/cache/pocl/kcache")
    let own = xdg.merging(["POCL_CACHE_DIR": "/own"]) { $1 }
    #expect(PoCLCache.folder(own).path == "/own")
    #expect(PoCLCache.folder(["HOME": "", "POCL_CACHE_DIR": ""]).path == "/tmp/pocl/kcache")
  }

  /// Nobody may make folders in `/proc`, not even root.
  @Test(
    "a folder that cannot be written is named",
    arguments: [
      (["POCL_CACHE_DIR": "/proc/nothing"], "/proc/nothing", "POCL_CACHE_DIR"),
      (["XDG_CACHE_HOME": "/proc/no", "HOME": "/tmp"], "/proc/no/pocl/kcache", "XDG_CACHE_HOME"),
      (["HOME": "/proc"], "/proc/.cache/pocl/kcache", "POCL_CACHE_DIR or XDG_CACHE_HOME"),
    ])
  func whatCannotBeWrittenIsNamed(environment: [String: String], path: String, variable: String) {
    let text = PoCLCache.problem(environment)?.description ?? "nothing"
    #expect(text.contains("cannot write to its cache \(path) ("), "\(text)")
    #expect(text.contains("): set \(variable) to a folder that you may write to"), "\(text)")
  }

  @Test("a file in the way is named") func aFileInTheWayIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([], to: "file")
    let text = PoCLCache.problem(["POCL_CACHE_DIR": file.path])?.description ?? "nothing"
    #expect(text.contains("(Not a directory)"), "\(text)")
  }

  @Test("a folder that can be written is left empty") func whatCanBeWrittenIsLeftEmpty() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.url.appending(path: "cache")
    #expect(PoCLCache.problem(["POCL_CACHE_DIR": folder.path]) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
