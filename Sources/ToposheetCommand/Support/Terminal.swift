import Foundation
import Synchronization
import Toposheet

/// Writes results to standard output, and progress and errors to standard error.
enum Terminal {
  /// Whether standard error, where progress is shown, is a terminal.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Writes a line to standard error, above the progress that is shown.
  static func error(_ line: String) {
    LiveDisplay.shared.makeRoom()
    // An error is ignored: there is no other stream to report it.
    _ = write(Style.errorPrefix(line) + "\n", to: STDERR_FILENO)
    LiveDisplay.shared.noteLine()
  }

  /// Writes to standard output. Errors are reported only by `end`, so that the work continues and
  /// its results are written into their folder.
  static func print(_ text: String) {
    LiveDisplay.shared.makeRoom()
    output.withLock { output in
      guard output.reason == nil else { return }
      output.reason = write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }
  }

  /// Writes a table to standard output: on a terminal, in its width and with its colors.
  /// - Parameter keys: the number of first columns that are repeated in each part if a wider table
  ///   is divided; nil for a table whose last column is text, which is wrapped instead.
  static func print(_ table: TextTable, keys: Int? = nil) {
    let (width, colored) = (terminalWidth, Style.isUsed(on: STDOUT_FILENO))
    var parts = [table]
    if let width, let keys { parts = table.divided(width: width, keys: keys) }
    print(parts.map { $0.text(width: width, colored: colored) }.joined(separator: "\n"))
  }

  /// Notes the folder that also holds what was printed, for the sentence about lost output.
  static func keeps(_ folder: URL) { output.withLock { $0.keeper = folder.path } }

  /// Columns of the terminal.
  static var width: Int { size(STDERR_FILENO).columns }

  /// Columns for tables: those of the terminal, from 40 to 160; `fileWidth` without one.
  static var tableWidth: Int { terminalWidth ?? fileWidth }

  /// Columns of the terminal on standard output, from 40 to 160; nil if it is not a terminal.
  static var terminalWidth: Int? {
    isatty(STDOUT_FILENO) == 1 ? min(max(size(STDOUT_FILENO).columns, 40), 160) : nil
  }

  /// Columns of tables in files and pipes.
  static let fileWidth = 100

  /// Columns and rows of a terminal; 80 x 24 if it does not report them.
  static func size(_ file: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), max(Int(size.ws_row), 2))
  }
}

extension Terminal {
  /// State of standard output.
  private struct Output {
    /// The first error of writing; after one, nothing more is written.
    var reason: Int32?
    /// The folder that also holds what was printed.
    var keeper: String?
  }

  private static let output = Mutex(Output())

  /// Occupies the descriptors of closed standard streams. Otherwise the next file to be opened
  /// would receive what is printed.
  static func reserveStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // In the wrong direction, so that reading and writing fail as for a closed stream.
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Ends the program: with a sentence if output was lost, except if a pipe was closed, as `| head`
  /// does.
  static func end(_ code: Int32) -> Never {
    LiveDisplay.shared.clear()
    let output = output.withLock { $0 }
    var reason = output.reason
    // Some file systems report errors only when a file is closed.
    if close(STDOUT_FILENO) != 0, reason == nil, errno != EBADF { reason = errno }
    guard let reason, reason != EPIPE else { exit(code) }
    let remedy =
      output.keeper.map { "print it again with toposheet show \($0)" }
      ?? "make room for it, or send it elsewhere"
    error(
      "toposheet: standard output: what was printed could not be written "
        + "(\(String(cString: strerror(reason)))); \(remedy)")
    exit(code == 0 ? 1 : code)
  }

  /// Writes all of a text.
  /// - Returns: the value of `errno` if it could not be written; otherwise nil.
  static func write(_ text: String, to file: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var remaining = UnsafeRawBufferPointer(bytes)[...]
      while !remaining.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: remaining)
        let written = Glibc.write(file, part.baseAddress, part.count)
        if written >= 0 {
          remaining = remaining.dropFirst(written)
        } else if errno == EAGAIN {
          var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
          _ = poll(&waiting, 1, 1000)
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }
}
