// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "toposheet-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "toposheet", path: ".."),
    // Without its traits, which count allocations and references: what is timed here has none.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: ["Corruptions", "Operations", "Steps"].map { name in
    .executableTarget(
      name: name,
      dependencies: [
        .product(name: "Toposheet", package: "toposheet"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: name,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  },
  swiftLanguageModes: [.v6]
)
