import COpenCL

extension OpenCLDevice: OperationProfiling {
  /// `OperationProfiling.profile`: a marker stands between operations on a queue that records
  /// times. Markers rather than the kernels' own events, so that CLBlast's kernels, and the gaps
  /// between kernels, are included.
  public func profile(_ operations: [any Operation]) throws -> [Double] {
    try finish()
    let profiled = try OpenCLHandle.make(
      "clCreateCommandQueue", release: { _ = clReleaseCommandQueue($0) }
    ) {
      clCreateCommandQueue(
        context.context.pointer, context.device,
        cl_command_queue_properties(CL_QUEUE_PROFILING_ENABLE), $0)
    }
    var markers = [try marker(on: profiled)]
    for operation in operations {
      guard let operation = operation as? OpenCLOperation, operation.device === self else {
        preconditionFailure("\(operation.name) was prepared by another device")
      }
      try operation.enqueue(on: profiled.pointer)
      markers.append(try marker(on: profiled))
    }
    try OpenCLStatus.check(clFinish(profiled.pointer), "clFinish")
    let times = try markers.map { try endTime(of: $0) }
    return zip(times, times.dropFirst()).map { $1 > $0 ? Double($1 - $0) * 1e-9 : 0 }
  }

  private func marker(on queue: OpenCLHandle) throws -> OpenCLHandle {
    try OpenCLHandle.make(
      "clEnqueueMarkerWithWaitList", release: { _ = clReleaseEvent($0) }
    ) { status in
      var event: cl_event?
      status.pointee = clEnqueueMarkerWithWaitList(queue.pointer, 0, nil, &event)
      return event
    }
  }

  /// Nanoseconds on the device's clock.
  private func endTime(of event: OpenCLHandle) throws -> UInt64 {
    var time: cl_ulong = 0
    try OpenCLStatus.check(
      clGetEventProfilingInfo(
        event.pointer, cl_profiling_info(CL_PROFILING_COMMAND_END), MemoryLayout<cl_ulong>.size,
        &time, nil), "clGetEventProfilingInfo")
    return UInt64(time)
  }
}
