import TopoFoundation

extension UserError {
  /// What is wrong with the architecture called `name`.
  init(architecture name: String, _ problem: String) {
    self.init("architecture \(name): \(problem)")
  }
}
