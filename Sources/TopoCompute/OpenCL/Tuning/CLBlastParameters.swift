/// The constants of one of CLBlast's matrix product kernels, which replace those of its database.
/// (CLBlast has a tuner for them, but only in its C++ interface.)
///
/// As text, `XgemmDirect KWID=2 MDIMAD=8 ...`, every constant once, in the order of
/// `CLBlastParameters.names`.
public struct CLBlastParameters: Sendable, Hashable, CustomStringConvertible {
  /// A kernel whose constants can be replaced.
  public enum Kernel: String, Sendable, Hashable, CaseIterable {
    /// Reads its factors in place: for the sizes of linear layers.
    case direct = "XgemmDirect"
    /// Reads factors that were copied into whole tiles: for larger products.
    case indirect = "Xgemm"

    /// Its constants.
    public var names: [String] {
      switch self {
      case .direct:
        [
          "KWID", "MDIMAD", "MDIMCD", "NDIMBD", "NDIMCD", "PADA", "PADB", "VWMD", "VWND", "WGD",
        ]
      case .indirect:
        [
          "GEMMK", "KREG", "KWG", "KWI", "MDIMA", "MDIMC", "MWG", "NDIMB", "NDIMC", "NWG", "SA",
          "SB", "STRM", "STRN", "VWM", "VWN",
        ]
      }
    }
  }

  /// The kernel.
  public let kernel: Kernel
  /// Values in the order of the kernel's names.
  public let values: [Int]

  /// Constants of a kernel; nil if their number is wrong or they contradict each other.
  public init?(_ kernel: Kernel, _ values: [Int]) {
    self.kernel = kernel
    self.values = values
    guard values.count == kernel.names.count, values.allSatisfy({ (0...1024).contains($0) }),
      isConsistent
    else { return nil }
  }

  /// Reads the text form; nil if the text is malformed.
  public init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ")
    guard let first = words.first, let kernel = Kernel(rawValue: String(first)),
      words.count == kernel.names.count + 1
    else { return nil }
    var values: [Int] = []
    for (word, name) in zip(words.dropFirst(), kernel.names) {
      guard word.hasPrefix(name + "="), let value = Int(word.dropFirst(name.count + 1)) else {
        return nil
      }
      values.append(value)
    }
    self.init(kernel, values)
  }

  /// The text form.
  public var description: String {
    ([kernel.rawValue] + zip(kernel.names, values).map { "\($0)=\($1)" }).joined(separator: " ")
  }

  /// The value of a constant.
  subscript(name: String) -> Int { kernel.names.firstIndex(of: name).map { values[$0] } ?? 0 }

  /// Whether tiles divide among work-items as CLBlast's kernels require but do not check; see the
  /// comments on the constants in `xgemm_part1.opencl` and `xgemm_direct_part1.opencl`.
  private var isConsistent: Bool {
    func divides(_ divisor: Int, _ value: Int) -> Bool { divisor > 0 && value % divisor == 0 }
    switch kernel {
    case .direct:
      let (tile, items) = (self["WGD"], self["MDIMCD"] * self["NDIMCD"])
      guard tile > 0, self["PADA"] <= 1, self["PADB"] <= 1, items <= 1024,
        ["VWMD", "VWND"].allSatisfy({ [1, 2, 4, 8].contains(self[$0]) }),
        ["MDIMAD", "NDIMBD"].allSatisfy({ divides(self[$0], items) })
      else { return false }
      return divides(self["KWID"], tile)
        && divides(self["MDIMCD"] * self["VWMD"], tile)
        && divides(self["NDIMCD"] * self["VWND"], tile)
        && divides(self["MDIMAD"] * self["VWMD"], tile)
        && divides(self["NDIMBD"] * self["VWND"], tile)
        && divides(items / self["MDIMAD"], tile) && divides(items / self["NDIMBD"], tile)
    case .indirect:
      let (m, n, k, items) = (self["MWG"], self["NWG"], self["KWG"], self["MDIMC"] * self["NDIMC"])
      guard m > 0, n > 0, k > 0, self["GEMMK"] == 0, self["KREG"] == 1, items <= 1024,
        ["SA", "SB", "STRM", "STRN"].allSatisfy({ self[$0] <= 1 }),
        ["VWM", "VWN"].allSatisfy({ [1, 2, 4, 8].contains(self[$0]) }),
        ["MDIMA", "NDIMB"].allSatisfy({ divides(self[$0], items) })
      else { return false }
      return divides(self["KWI"], k)
        && divides(self["MDIMC"] * self["VWM"], m) && divides(self["NDIMC"] * self["VWN"], n)
        && divides(self["MDIMA"] * self["VWM"], m) && divides(self["NDIMB"] * self["VWN"], n)
        && divides(items / self["MDIMA"], k) && divides(items / self["NDIMB"], k)
    }
  }
}
