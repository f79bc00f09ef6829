// swift-tools-version: 6.1
import PackageDescription

/// Kernels are embedded into the binary, so that one file is enough to run.
let kernels = [
  "attack.cl", "batch_normalization.cl", "common.cl", "convolution.cl", "convolution_shape.cl",
  "convolution_sums.cl", "gather.cl", "images.cl", "implicit_gemm.cl", "implicit_gemm_weight.cl",
  "largest.cl", "linear.cl", "optimizer.cl", "peak.cl", "penalty.cl", "philox.cl", "pointwise.cl",
  "pooling.cl", "softmax_cross_entropy.cl", "tensor_product.cl", "tile.cl", "tile_product.cl",
  "vectors.cl", "window.cl",
]

/// Plans that are known by name, embedded likewise.
let plans = [
  "demo", "paper-mnist", "paper-mnist-reduced", "paper-cifar10", "paper-cifar10-reduced",
  "paper-fashion-mnist", "paper-fashion-mnist-reduced", "as-layouts", "metrics", "lambda",
]

/// The page of `toposheet atlas`, embedded likewise.
let page = [
  "page.html", "page.css", "page_views.css", "data.js", "color.js", "elements.js", "map.js",
  "legend.js", "describe.js", "field.js", "sections.js", "view.js", "page.js",
]

/// The page of `toposheet report`.
let report = ["report.mustache", "report.css", "report.js"]

let package = Package(
  name: "toposheet",
  products: [
    .library(name: "Toposheet", targets: ["Toposheet"]),
    .executable(name: "toposheet", targets: ["ToposheetCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
  ],
  targets: [
    .systemLibrary(name: "COpenCL", providers: [.apt(["ocl-icd-opencl-dev", "opencl-headers"])]),
    .systemLibrary(name: "CCLBlast", providers: [.apt(["libclblast-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CLAPACK", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CJPEG", providers: [.apt(["libturbojpeg0-dev"])]),
    .target(
      name: "TopoKernels", path: "Kernels",
      resources: kernels.map { .embedInCode($0) }),
    .target(
      name: "TopoPlans", path: "Plans",
      exclude: [
        "cifar10-check.yaml", "mnist-check.yaml", "results-mnist.yaml", "suite-example.yaml",
      ],
      resources: plans.map { .embedInCode("\($0).yaml") }),
    .target(name: "CVectorKernels"),
    .target(name: "CBuild"),
    // Of libpng-dev. C of our own, because libpng's errors must not pass through Swift.
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
    .target(
      name: "TopoFoundation",
      dependencies: [
        "CVectorKernels", "CBuild", "CZlib", "CJPEG", "CPNG",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "TopoCompute",
      dependencies: [
        "TopoFoundation", "TopoKernels", "CVectorKernels", "COpenCL", "CCLBlast", "COneDNN",
      ]),
    .target(name: "TopoStatistics", dependencies: ["TopoFoundation"]),
    .target(name: "TopoSheets", dependencies: ["TopoFoundation", "TopoCompute"]),
    .target(name: "TopoNetworks", dependencies: ["TopoFoundation", "TopoCompute", "TopoSheets"]),
    .target(
      name: "TopoAnalysis",
      dependencies: ["TopoFoundation", "TopoStatistics", "TopoSheets", "CLAPACK"]),
    .target(name: "TopoData", dependencies: ["TopoFoundation"]),
    .target(
      name: "TopoPerturbations", dependencies: ["TopoFoundation", "TopoData", "CVectorKernels"]),
    .target(
      name: "TopoTraining",
      dependencies: ["TopoFoundation", "TopoCompute", "TopoSheets", "TopoNetworks", "TopoData"]),
    .target(
      name: "TopoEvaluation",
      dependencies: [
        "TopoFoundation", "TopoStatistics", "TopoCompute", "TopoSheets", "TopoAnalysis",
        "TopoNetworks", "TopoData", "TopoPerturbations",
      ]),
    .target(
      name: "TopoStudies",
      dependencies: [
        "TopoPlans", "TopoStatistics", "TopoTraining", "TopoEvaluation",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "TopoReports",
      dependencies: [
        "TopoFoundation", "TopoStatistics", "TopoAnalysis", "TopoCompute", "TopoSheets",
        "TopoNetworks", "TopoData", "TopoPerturbations", "TopoTraining", "TopoEvaluation",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: page.map { .embedInCode("Atlas/Page/\($0)") }
        + report.map { .embedInCode("Report/Page/\($0)") }),
    .target(name: "TopoVerification", dependencies: ["TopoFoundation", "TopoCompute"]),
    .target(
      name: "TopoBenchmark",
      dependencies: [
        "TopoAnalysis", "TopoTraining", "TopoEvaluation", "TopoReports", "TopoVerification",
      ]),
    .target(
      name: "Toposheet",
      dependencies: [
        "TopoFoundation", "TopoStatistics", "TopoCompute", "TopoSheets", "TopoAnalysis",
        "TopoNetworks", "TopoData", "TopoPerturbations", "TopoTraining", "TopoEvaluation",
        "TopoStudies", "TopoReports", "TopoVerification", "TopoBenchmark",
      ]),
    .executableTarget(
      name: "ToposheetCommand",
      dependencies: [
        "Toposheet",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "TestSupport",
      dependencies: ["TopoFoundation", "TopoCompute", "TopoData", "TopoPerturbations", "CZlib"],
      path: "Tests/TestSupport"),
    .testTarget(
      name: "TopoGoldenTests",
      dependencies: ["TopoTraining", "TopoEvaluation", "TopoVerification", "TestSupport"]),
    .testTarget(
      name: "TopoAnalysisTests",
      dependencies: ["TopoAnalysis", "TopoSheets", "TopoFoundation", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TopoBenchmarkTests",
      dependencies: [
        "TopoAnalysis", "TopoBenchmark", "TopoCompute", "TopoEvaluation", "TopoNetworks",
        "TopoVerification",
        "TestSupport",
      ]),
    .testTarget(
      name: "TopoComputeTests",
      dependencies: ["TopoCompute", "TopoKernels", "CVectorKernels", "COpenCL", "TestSupport"]),
    .testTarget(
      name: "TopoFoundationTests", dependencies: ["TopoFoundation", "TestSupport", "CZlib"]),
    .testTarget(
      name: "TopoDataTests", dependencies: ["TopoFoundation", "TopoData", "TestSupport"]),
    .testTarget(
      name: "TopoPerturbationsTests",
      dependencies: [
        "TopoFoundation", "TopoData", "TopoPerturbations", "CVectorKernels", "TestSupport",
      ]),
    .testTarget(
      name: "TopoNetworksTests",
      dependencies: [
        "TopoCompute", "TopoSheets", "TopoNetworks", "TopoVerification", "TestSupport",
      ]),
    .testTarget(
      name: "TopoEvaluationTests",
      dependencies: [
        "TopoCompute", "TopoSheets", "TopoAnalysis", "TopoNetworks", "TopoData", "TopoEvaluation",
        "TestSupport",
      ]),
    .testTarget(
      name: "TopoReportsTests",
      dependencies: [
        "TopoFoundation", "TopoCompute", "TopoSheets", "TopoAnalysis", "TopoNetworks",
        "TopoData", "TopoTraining", "TopoEvaluation", "TopoReports", "TestSupport",
      ]),
    .testTarget(
      name: "TopoStatisticsTests", dependencies: ["TopoFoundation", "TopoStatistics"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "TopoSheetsTests", dependencies: ["TopoCompute", "TopoSheets"]),
    .testTarget(
      name: "TopoStudiesTests",
      dependencies: [
        "TopoFoundation", "TopoCompute", "TopoSheets", "TopoAnalysis", "TopoNetworks", "TopoData",
        "TopoEvaluation", "TopoStudies", "TestSupport",
      ]),
    .testTarget(
      name: "TopoTrainingTests",
      dependencies: [
        "TopoFoundation", "TopoCompute", "TopoData", "TopoEvaluation", "TopoNetworks", "TopoSheets",
        "TopoTraining", "TestSupport",
      ]),
    .testTarget(name: "TopoVerificationTests", dependencies: ["TopoVerification", "TestSupport"]),
    .testTarget(
      name: "ToposheetCommandTests",
      dependencies: [
        "TopoCompute", "TopoData", "TopoNetworks", "TopoSheets", "TopoStudies", "TopoTraining",
        "TopoFoundation", "TopoEvaluation", "ToposheetCommand", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
