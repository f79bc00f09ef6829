import TopoCompute

/// Shapes of one convolution, from which its three cases are made.
struct ConvolutionShape: Sendable, CustomStringConvertible {
  var window: Window
  var batch: Int
  var inputs: Int
  var outputs: Int
  var rows: Int
  var columns: Int

  init(_ window: Window, _ inputs: Int, _ outputs: Int, _ rows: Int, _ columns: Int, batch: Int) {
    self.window = window
    self.batch = batch
    self.inputs = inputs
    self.outputs = outputs
    self.rows = rows
    self.columns = columns
  }

  var input: [Int] { [batch, inputs, rows, columns] }
  var weight: [Int] { [outputs, inputs, window.kernel.rows, window.kernel.columns] }
  var output: [Int] {
    let extent = window.output(of: .init(rows: rows, columns: columns))
    return [batch, outputs, extent.rows, extent.columns]
  }

  /// Terms of one output's sum.
  var terms: Int { inputs * window.kernel.rows * window.kernel.columns }
  /// Terms of one weight gradient's sum.
  var pixels: Int { batch * output[2] * output[3] }
  /// Multiplications and additions of one pass, padding included.
  var flops: Int { 2 * terms * outputs * pixels }

  /// `3x3 s1 p1, 31 -> 33, 7 x 5, batch 3`
  var description: String {
    "\(window.summary), \(inputs) -> \(outputs), \(rows) x \(columns), batch \(batch)"
  }
}

extension Window {
  /// `5x3 s(2,1) p1`
  var summary: String {
    func both(_ extent: Extent) -> String {
      extent.rows == extent.columns ? "\(extent.rows)" : "(\(extent.rows),\(extent.columns))"
    }
    return "\(kernel.rows)x\(kernel.columns) s\(both(stride)) p\(both(padding))"
  }

  /// A window with all extents named.
  init(_ kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0)) {
    self.init(
      kernel: .init(rows: kernel.0, columns: kernel.1),
      stride: .init(rows: stride.0, columns: stride.1),
      padding: .init(rows: padding.0, columns: padding.1))
  }
}
