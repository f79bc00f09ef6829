import CCLBlast
import COpenCL

/// `C = A B + beta C` over all members, by CLBlast: row-major `C [m, n]`. A member of A may serve
/// several consecutive members of B and C: each member of A is then a separate batch, whose stride
/// along A is 0.
final class OpenCLProduct {
  /// A factor: its tensor, and whether it is stored the other way round.
  struct Factor {
    var tensor: Tensor
    var isTransposed: Bool
    /// Elements from one stored row to the next.
    var rowStride: Int
  }

  private let shape: (m: Int, n: Int, k: Int)
  private let factors: (a: Factor, b: Factor)
  private let output: Tensor
  private let beta: Float
  private let buffers: (a: OpenCLStorage, b: OpenCLStorage, c: OpenCLStorage)

  /// Prepares a product, and makes CLBlast compile what it needs by multiplying zeros.
  init(
    _ a: Factor, _ b: Factor, into output: Tensor, shape: (m: Int, n: Int, k: Int), beta: Float,
    on device: OpenCLDevice
  ) throws {
    self.shape = shape
    self.factors = (a, b)
    self.output = output
    self.beta = beta
    buffers = (
      device.storage(of: a.tensor), device.storage(of: b.tensor), device.storage(of: output)
    )
    try device.compileProduct(shape, a.isTransposed, b.isTransposed) {
      let scratch = try device.makeTensor(
        members: 1, shape: [max(shape.m * shape.k, shape.k * shape.n, shape.m * shape.n)])
      let (a, b) = (
        Factor(tensor: scratch, isTransposed: a.isTransposed, rowStride: a.rowStride),
        Factor(tensor: scratch, isTransposed: b.isTransposed, rowStride: b.rowStride)
      )
      let result = try device.makeTensor(members: 1, shape: [shape.m, shape.n])
      let storage = device.storage(of: scratch)
      try OpenCLProduct.enqueue(
        shape, (a, b), result, beta, (storage, storage, device.storage(of: result)),
        on: device.queue.pointer)
      try device.finish()
    }
  }

  /// Adds the product to the queue.
  func enqueue(on queue: OpaquePointer) throws {
    try OpenCLProduct.enqueue(shape, factors, output, beta, buffers, on: queue)
  }

  private static func enqueue(
    _ shape: (m: Int, n: Int, k: Int), _ factors: (a: Factor, b: Factor), _ output: Tensor,
    _ beta: Float, _ buffers: (a: OpenCLStorage, b: OpenCLStorage, c: OpenCLStorage),
    on queue: OpaquePointer
  ) throws {
    var queue: OpaquePointer? = queue
    let (a, b) = (factors.a.tensor, factors.b.tensor)
    let served = output.membersServed(by: a)
    for batch in 0..<(served == 1 ? 1 : a.members) {
      let first = batch * served
      let status = CLBlastSgemmStridedBatched(
        CLBlastLayoutRowMajor,
        factors.a.isTransposed ? CLBlastTransposeYes : CLBlastTransposeNo,
        factors.b.isTransposed ? CLBlastTransposeYes : CLBlastTransposeNo,
        shape.m, shape.n, shape.k, 1,
        buffers.a.buffer.pointer, a.offset + batch * a.memberStride, factors.a.rowStride,
        served == 1 ? a.memberStride : 0,
        buffers.b.buffer.pointer, b.offset + first * b.memberStride, factors.b.rowStride,
        b.memberStride, beta,
        buffers.c.buffer.pointer, output.offset + first * output.memberStride, shape.n,
        output.memberStride, served == 1 ? output.members : served, &queue, nil)
      guard status == CLBlastSuccess else {
        throw CLBlastStatus.error(status.rawValue, "CLBlastSgemmStridedBatched")
      }
    }
  }
}
