/// The plans of this folder that are embedded in the program and known by name. This Swift file lies
/// beside them because they are the resources of its module.
///
/// A new plan is added to `all`, and to the list in Package.swift. Its first line is a comment that
/// says in one line what the study is.
public enum ReadyPlanFiles {
  /// Names and bytes, in the order of listings.
  public static let all: [(name: String, bytes: [UInt8])] = [
    ("demo", PackageResources.demo_yaml),
    ("paper-mnist", PackageResources.paper_mnist_yaml),
    ("paper-mnist-reduced", PackageResources.paper_mnist_reduced_yaml),
    ("paper-cifar10", PackageResources.paper_cifar10_yaml),
    ("paper-cifar10-reduced", PackageResources.paper_cifar10_reduced_yaml),
    ("paper-fashion-mnist", PackageResources.paper_fashion_mnist_yaml),
    ("paper-fashion-mnist-reduced", PackageResources.paper_fashion_mnist_reduced_yaml),
    ("as-layouts", PackageResources.as_layouts_yaml),
    ("metrics", PackageResources.metrics_yaml),
    ("lambda", PackageResources.lambda_yaml),
  ]
}
