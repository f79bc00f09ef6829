/// The text form: a heading with the version, then a line `pass class algorithm tiling` per
/// choice; empty lines and those that begin with `#` mean nothing.
extension TuningTable {
  private static let heading = "toposheet-tuning 1"

  /// The text form; reading it back gives the same table.
  public var text: String {
    var lines = [TuningTable.heading]
    for key in keys {
      guard let choice = self[key] else { continue }
      lines.append("\(key.pass.rawValue) \(key.shape) \(choice.algorithm) \(choice.tiling)")
    }
    return lines.joined(separator: "\n") + "\n"
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
      let words = line.split(separator: " ")
      if words.isEmpty || line.hasPrefix("#") { continue }
      func wrong(_ what: String) -> DeviceError {
        DeviceError("\(name), line \(index + 1): \(what)")
      }
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
      guard pass.algorithms.contains(String(words[2])) else {
        throw wrong(
          "\(pass.rawValue) has no algorithm \(words[2]); it has "
            + pass.algorithms.joined(separator: ", "))
      }
      guard let tiling = ConvolutionTiling(words[3]) else {
        throw wrong("\(words[3]) is no tiling; one is 64x64x16/8x4/u8/b2")
      }
      self[Key(pass, shape)] = Choice(String(words[2]), tiling)
    }
  }
}
