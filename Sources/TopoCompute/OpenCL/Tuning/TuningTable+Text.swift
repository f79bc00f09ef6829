/// The text form: a heading with the version, then a line per choice; empty lines and those that
/// begin with `#` mean nothing.
///
///     toposheet-tuning 1
///     convolution many-64 implicit-gemm 64x128x16/8x8/u8/b2
///     tf32 convolution many-64 tensor 64x256x16/8x16/u16/b2
///     linear clblast-from 131072
///     clblast XgemmDirect KWID=2 MDIMAD=8 ...
extension TuningTable {
  static let heading = "toposheet-tuning 1"

  /// The text form; reading it back gives the same table.
  public var text: String { ([TuningTable.heading] + lines).joined(separator: "\n") + "\n" }

  /// The lines below the heading.
  var lines: [String] {
    var lines = keys.compactMap { key in
      self[key].map { "\(key) \($0.algorithm) \($0.tiling)" }
    }
    if let clblastThreshold { lines.append("linear clblast-from \(clblastThreshold)") }
    lines += CLBlastParameters.Kernel.allCases.compactMap { kernel in
      clblastParameters[kernel].map { "clblast \($0)" }
    }
    return lines
  }

  /// Reads the text form.
  /// - Parameter name: what an error calls the text: the file's path.
  /// - Throws: `DeviceError` that names the line and what it should be.
  public init(text: String, name: String) throws {
    self.init()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map({ $0 == TuningTable.heading }) ?? false else {
      throw DeviceError(
        "\(name), line 1: should be `\(TuningTable.heading)`; write that line, or leave the table out"
      )
    }
    for (index, line) in lines.enumerated().dropFirst() {
      try read(line, place: "\(name), line \(index + 1)")
    }
  }

  /// Reads a line below the heading.
  /// - Parameter place: what an error calls the line.
  mutating func read(_ line: Substring, place: String) throws {
    let words = line.split(separator: " ")
    func wrong(_ what: String) -> DeviceError { DeviceError("\(place): \(what)") }
    switch words.first {
    case nil: return
    case _ where line.hasPrefix("#"): return
    case "linear":
      guard words.count == 3, words[1] == "clblast-from", let bound = Int(words[2]), bound > 0
      else { throw wrong("should be `linear clblast-from` and a positive number, not `\(line)`") }
      clblastThreshold = bound
    case "clblast":
      guard let parameters = CLBlastParameters(words.dropFirst().joined(separator: " ")) else {
        throw wrong(
          "should be `clblast`, a kernel (XgemmDirect or Xgemm) and all its constants in order, "
            + "which divide one another, not `\(line)`")
      }
      clblastParameters[parameters.kernel] = parameters
    default: try readChoice(words, line, wrong)
    }
  }

  private mutating func readChoice(
    _ words: [Substring], _ line: Substring, _ wrong: (String) -> DeviceError
  ) throws {
    let precision = words.first == "tf32" ? Precision.tf32 : .float32
    let words = Array(precision == .tf32 ? words.dropFirst() : words[...])
    guard words.count == 4 else {
      throw wrong("should be four words, pass, class, algorithm and tiling, not `\(line)`")
    }
    guard let pass = ConvolutionPass(rawValue: String(words[0])) else {
      let known = ConvolutionPass.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong("there is no pass \(words[0]); there are \(known)")
    }
    guard let shape = ConvolutionClass(words[1]) else {
      let known = ConvolutionClass.all.map(\.description).joined(separator: ", ")
      throw wrong("there is no class \(words[1]); there are \(known)")
    }
    let known = OpenCLDevice.algorithmNames(in: precision)[pass.rawValue] ?? []
    guard known.contains(String(words[2])) else {
      throw wrong(
        "\(pass.rawValue) has no algorithm \(words[2]) in \(precision.rawValue); it "
          + "has \(known.joined(separator: ", "))")
    }
    guard let tiling = ConvolutionTiling(words[3]) else {
      throw wrong("\(words[3]) is no tiling; one is 64x64x16/8x4/u8/b2")
    }
    self[Key(pass, shape, precision)] = Choice(String(words[2]), tiling)
  }
}
