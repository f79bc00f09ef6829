import COpenCL

/// CLBlast's status codes by name; other codes are OpenCL's.
enum CLBlastStatus {
  private static let names: [cl_int: String] = [
    -1007: "InsufficientMemoryY", -1008: "InsufficientMemoryX", -1009: "InsufficientMemoryC",
    -1010: "InsufficientMemoryB", -1011: "InsufficientMemoryA", -1012: "InvalidIncrementY",
    -1013: "InvalidIncrementX", -1014: "InvalidLeadDimC", -1015: "InvalidLeadDimB",
    -1016: "InvalidLeadDimA", -1017: "InvalidDimension", -1018: "InvalidVectorY",
    -1019: "InvalidVectorX", -1020: "InvalidMatrixC", -1021: "InvalidMatrixB",
    -1022: "InvalidMatrixA", -1024: "NotImplemented", -2039: "UnexpectedError",
    -2040: "UnknownError", -2041: "DatabaseError", -2042: "InsufficientMemoryScalar",
    -2043: "InvalidVectorScalar", -2044: "NoDoublePrecision", -2045: "NoHalfPrecision",
    -2046: "InvalidLocalMemUsage", -2047: "MissingOverrideParameter",
    -2048: "InvalidOverrideKernel", -2049: "InvalidBatchCount", -2050: "InsufficientMemoryTemp",
  ]

  /// The sentence for a failed call.
  static func error(_ status: cl_int, _ call: String) -> DeviceError {
    guard let name = names[status] else { return OpenCLStatus.error(status, call) }
    return DeviceError("\(call) failed with CLBlast status \(name)")
  }
}
