extension KnownDataset {
  /// Names of the classes, as the data sets' authors give them; nil if the labels are all there is
  /// or the files name them.
  var classNames: [String]? {
    switch self {
    case .mnist, .emnist, .cifar100: nil
    case .fashionMNIST:
      [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
      ]
    case .kmnist: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
    case .cifar10:
      [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ]
    }
  }
}
