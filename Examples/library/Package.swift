// swift-tools-version: 6.1
import PackageDescription

// Elsewhere, depend on the repository by its address in place of the path.
let package = Package(
  name: "library",
  dependencies: [.package(name: "toposheet", path: "../..")],
  targets: [
    .executableTarget(
      name: "library", dependencies: [.product(name: "Toposheet", package: "toposheet")])
  ],
  swiftLanguageModes: [.v6]
)
