import COpenCL
import TopoKernels

extension OpenCLContext {
  /// Builds a kernel family: from what `cache` holds, or else from source.
  /// - Throws: `DeviceError` with the compiler's log when the source does not build.
  func build(
    _ family: KernelFamily, options: String, cache: ProgramCache?
  ) throws -> OpenCLHandle {
    guard let cache else { return try compile(family, options: options) }
    let key = cacheKey(family, options: options)
    let name = "\(family.rawValue) \(options)"
    if let binary = cache.binary(key, name: name) {
      if let program = try? load(binary, options: options) {
        cache.log(.hit, name)
        return program
      }
      cache.log(.failure, "\(name): the driver does not take its own binary")
    }
    let program = try compile(family, options: options)
    if let binary = binary(of: program) { cache.save(binary, key, name: name) }
    return program
  }

  /// Everything that a compiled program depends on.
  func cacheKey(_ family: KernelFamily, options: String) -> ProgramCache.Key {
    ProgramCache.Key(
      source: family.source, options: options, device: OpenCLQuery.text(device, CL_DEVICE_NAME),
      driver: OpenCLQuery.text(device, CL_DRIVER_VERSION),
      platform: OpenCLQuery.platformText(platform, CL_PLATFORM_NAME) + " "
        + OpenCLQuery.platformText(platform, CL_PLATFORM_VERSION))
  }

  private func compile(_ family: KernelFamily, options: String) throws -> OpenCLHandle {
    let program = try family.source.withCString { source in
      var source: UnsafePointer<CChar>? = source
      return try OpenCLHandle.make(
        "clCreateProgramWithSource", release: { _ = clReleaseProgram($0) }
      ) { clCreateProgramWithSource(context.pointer, 1, &source, nil, $0) }
    }
    let status = build(program, options: options)
    guard status == CL_SUCCESS else {
      if PoCLCache.belongs(to: OpenCLQuery.platformText(platform, CL_PLATFORM_NAME)),
        let problem = PoCLCache.problem()
      {
        throw problem
      }
      throw DeviceError(
        """
        The \(family.rawValue) kernels do not build on \(information.name) \
        (clBuildProgram: \(OpenCLStatus.name(status))); options: \(options); log:
        \(buildLog(of: program))
        """)
    }
    return program
  }

  private func build(_ program: OpenCLHandle, options: String) -> cl_int {
    var device: OpaquePointer? = device
    return clBuildProgram(program.pointer, 1, &device, options, nil, nil)
  }

  private func load(_ binary: [UInt8], options: String) throws -> OpenCLHandle {
    let program = try binary.withUnsafeBufferPointer { bytes in
      var (device, size, start): (OpaquePointer?, Int, UnsafePointer<UInt8>?) = (
        device, bytes.count, bytes.baseAddress
      )
      var accepted: cl_int = 0
      return try OpenCLHandle.make(
        "clCreateProgramWithBinary", release: { _ = clReleaseProgram($0) }
      ) {
        clCreateProgramWithBinary(context.pointer, 1, &device, &size, &start, &accepted, $0)
      }
    }
    try OpenCLStatus.check(build(program, options: options), "clBuildProgram")
    return program
  }

  /// The compiled binary; nil if the driver does not provide it.
  private func binary(of program: OpenCLHandle) -> [UInt8]? {
    var size = 0
    let asked = clGetProgramInfo(
      program.pointer, cl_program_info(CL_PROGRAM_BINARY_SIZES), MemoryLayout<Int>.size, &size, nil)
    guard asked == CL_SUCCESS, size > 0 else { return nil }
    var binary = [UInt8](repeating: 0, count: size)
    let status = binary.withUnsafeMutableBufferPointer { bytes in
      var start = bytes.baseAddress
      return clGetProgramInfo(
        program.pointer, cl_program_info(CL_PROGRAM_BINARIES),
        MemoryLayout<UnsafeMutablePointer<UInt8>?>.size, &start, nil)
    }
    return status == CL_SUCCESS ? binary : nil
  }

  private func buildLog(of program: OpenCLHandle) -> String {
    var size = 0
    let property = cl_program_build_info(CL_PROGRAM_BUILD_LOG)
    clGetProgramBuildInfo(program.pointer, device, property, 0, nil, &size)
    var bytes = [UInt8](repeating: 0, count: max(size, 1))
    clGetProgramBuildInfo(program.pointer, device, property, size, &bytes, nil)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
