/// The data sets that are known by name.
enum KnownDataset: String, CaseIterable {
  case mnist
  case fashionMNIST = "fashion-mnist"
  case kmnist
  case emnist
  case cifar10
  case cifar100

  /// Recognizes a name in any of its spellings: `Fashion-MNIST`, `FashionMNIST`, `cifar-10`,
  /// `emnist-letters`.
  init?(spelling: String) {
    let letters = Self.letters(of: spelling)
    if letters.hasPrefix("emnist") {
      guard
        letters == "emnist" || EMNISTVariant(rawValue: String(letters.dropFirst(6))) != nil
      else { return nil }
      self = .emnist
      return
    }
    guard let known = Self.allCases.first(where: { Self.letters(of: $0.rawValue) == letters })
    else { return nil }
    self = known
  }

  private static func letters(of text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The variant of EMNIST that a name such as `emnist-letters` asks for.
  static func emnistVariant(in spelling: String) -> EMNISTVariant? {
    let letters = letters(of: spelling)
    guard letters.hasPrefix("emnist") else { return nil }
    return EMNISTVariant(rawValue: String(letters.dropFirst(6)))
  }

  /// Constants in common use, of the training images: MNIST's and CIFAR-10's are the paper's. For
  /// EMNIST there are none: its variants differ.
  var normalization: Normalization? {
    switch self {
    case .mnist: Normalization(mean: [0.1307], standardDeviation: [0.3081])
    case .fashionMNIST: Normalization(mean: [0.2860], standardDeviation: [0.3530])
    case .kmnist: Normalization(mean: [0.1918], standardDeviation: [0.3483])
    case .emnist: nil
    case .cifar10:
      Normalization(mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])
    case .cifar100:
      Normalization(mean: [0.5071, 0.4865, 0.4409], standardDeviation: [0.2673, 0.2564, 0.2762])
    }
  }

  /// Where `torchvision` keeps its files below the folder that it is given.
  var torchvisionFolder: String? {
    switch self {
    case .mnist: "MNIST/raw"
    case .fashionMNIST: "FashionMNIST/raw"
    case .kmnist: "KMNIST/raw"
    case .emnist: "EMNIST/raw"
    case .cifar10, .cifar100: nil
    }
  }

  /// How to get it.
  var remedy: String {
    switch self {
    case .mnist:
      "put the four IDX files of MNIST (train-images-idx3-ubyte.gz, ...) into one of these folders"
    case .fashionMNIST: "install it with `apt install dataset-fashion-mnist`"
    case .kmnist: "put the four IDX files of Kuzushiji-MNIST into one of these folders"
    case .emnist:
      "put the IDX files of EMNIST (emnist-balanced-train-images-idx3-ubyte.gz, ...) into one of "
        + "these folders"
    case .cifar10:
      "put the binary version of CIFAR-10 (cifar-10-binary.tar.gz, unpacked) into one of these "
        + "folders"
    case .cifar100:
      "put the binary version of CIFAR-100 (cifar-100-binary.tar.gz, unpacked) into one of these "
        + "folders"
    }
  }
}

/// The variants of EMNIST, which differ in their classes; raw values are the names in its files.
enum EMNISTVariant: String, CaseIterable {
  case balanced
  case byclass
  case bymerge
  case letters
  case digits
  case mnist

  /// Number of classes.
  var classes: Int {
    switch self {
    case .balanced, .bymerge: 47
    case .byclass: 62
    case .letters: 26
    case .digits, .mnist: 10
    }
  }

  /// The label of the first class in the files: `letters` counts from 1.
  var firstLabel: Int { self == .letters ? 1 : 0 }
}
