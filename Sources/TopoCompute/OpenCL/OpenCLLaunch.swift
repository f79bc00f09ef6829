import CCLBlast
import COpenCL
import TopoFoundation

/// One step of a prepared operation.
enum OpenCLStep {
  case launch(OpenCLLaunch)
  case product(OpenCLProduct)
  /// Of a device that only counts memory: nothing is built, but memory is held as by a launch.
  case counted([OpenCLStorage])

  func enqueue(on queue: OpaquePointer) throws {
    switch self {
    case .launch(let launch): try launch.enqueue(on: queue)
    case .product(let product): try product.enqueue(on: queue)
    case .counted: return
    }
  }
}

/// A kernel object with all its arguments, used by this launch alone, and the number of work-items.
///
/// Arguments are never set again: drivers read them when a launch is enqueued or even later.
final class OpenCLLaunch {
  private let kernel: OpenCLHandle
  private let name: String
  /// Work-items in the grid, then in a group, along three dimensions.
  private let sizes: (grid: (Int, Int, Int), group: (Int, Int, Int))
  /// Keeps the buffers alive: a kernel's arguments do not.
  private let retained: [AnyObject]

  /// Makes the kernel `name` of `program` with `arguments`. `grid` counts the work-items needed;
  /// the first dimension is rounded up to whole groups.
  init(
    _ name: String, of program: OpenCLHandle, on device: OpenCLDevice,
    _ arguments: [KernelArgument], grid: (Int, Int, Int), group: Int
  ) throws {
    self.name = name
    let kernel = try OpenCLHandle.make(
      "clCreateKernel(\(name))", release: { _ = clReleaseKernel($0) }
    ) { clCreateKernel(program.pointer, name, $0) }
    self.kernel = kernel
    var retained: [AnyObject] = [program]
    var index: cl_uint = 0
    func set<Value>(_ value: Value) throws {
      try withUnsafeBytes(of: value) {
        try OpenCLStatus.check(
          clSetKernelArg(kernel.pointer, index, $0.count, $0.baseAddress),
          "clSetKernelArg(\(name), \(index))")
      }
      index += 1
    }
    for argument in arguments {
      switch argument {
      case .tensor(let tensor):
        let storage = device.storage(of: tensor)
        retained.append(storage)
        try set(storage.buffer.pointer)
        try set(KernelArgument.place(of: tensor))
      case .buffer(let storage):
        retained.append(storage)
        try set(storage.buffer.pointer)
      }
    }
    self.retained = retained
    var most = 0
    try OpenCLStatus.check(
      clGetKernelWorkGroupInfo(
        kernel.pointer, device.context.device, cl_kernel_work_group_info(CL_KERNEL_WORK_GROUP_SIZE),
        MemoryLayout<Int>.size, &most, nil),
      "clGetKernelWorkGroupInfo(\(name))")
    guard group <= most else {
      throw DeviceError(
        """
        The kernel \(name) allows \(most) work-items in a group on \(device.information.name), \
        but needs \(group)
        """)
    }
    sizes = (((grid.0 + group - 1) / group * group, grid.1, grid.2), (group, 1, 1))
  }

  /// Adds the launch to the queue.
  func enqueue(on queue: OpaquePointer) throws {
    let status = withUnsafeBytes(of: sizes) { bytes in
      let sizes = bytes.assumingMemoryBound(to: Int.self).baseAddress
      return clEnqueueNDRangeKernel(
        queue, kernel.pointer, 3, nil, sizes, sizes.map { $0 + 3 }, 0, nil, nil)
    }
    try OpenCLStatus.check(status, "clEnqueueNDRangeKernel(\(name))")
  }
}

/// What a kernel is given.
enum KernelArgument {
  /// A tensor: its buffer and its place, two arguments of the kernel.
  case tensor(Tensor)
  /// A buffer that only this operation uses.
  case buffer(OpenCLStorage)

  /// The memory behind it.
  func storage(on device: OpenCLDevice) -> OpenCLStorage {
    switch self {
    case .tensor(let tensor): device.storage(of: tensor)
    case .buffer(let storage): storage
    }
  }

  /// Offset and member stride in elements; stride 0 if all members share one.
  static func place(of tensor: Tensor) -> SIMD2<UInt64> {
    SIMD2(UInt64(tensor.offset), tensor.members == 1 ? 0 : UInt64(tensor.memberStride))
  }
}
