import Foundation
import Synchronization
import Toposheet

/// Where output goes: results to standard output, progress and errors to standard error.
enum Terminal {
  /// Whether people watch the progress.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Writes a line to standard error, above the progress that is shown.
  static func error(_ line: String) {
    LiveDisplay.shared.makeRoom()
    // Where standard error cannot be written to, there is no place to say so.
    _ = write(Style.errorPrefix(line) + "\n", to: STDERR_FILENO)
    LiveDisplay.shared.noteLine()
  }

  /// Writes to standard output. What cannot be written is told by `end`, so that work goes on and
  /// its results get into their folder.
  static func print(_ text: String) {
    LiveDisplay.shared.makeRoom()
    output.withLock { output in
      guard output.reason == nil else { return }
      output.reason = write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }
  }

  /// Writes a table to standard output: on a terminal as wide as that, with colors where it has them.
  /// - Parameter keys: columns that each part has of a table that is wider; nil for a table whose last
  ///   column is text, which is broken instead.
  static func print(_ table: TextTable, keys: Int? = nil) {
    let (width, colored) = (terminalWidth, Style.isUsed(on: STDOUT_FILENO))
    var parts = [table]
    if let width, let keys { parts = table.divided(width: width, keys: keys) }
    print(parts.map { $0.text(width: width, colored: colored) }.joined(separator: "\n"))
  }

  /// A folder that holds what was printed, too; for the sentence about output that was lost.
  static func keeps(_ folder: URL) { output.withLock { $0.keeper = folder.path } }

  /// Columns of the terminal.
  static var width: Int { size(STDERR_FILENO).columns }

  /// Columns that tables may take: those of the terminal, within reason.
  static var tableWidth: Int { terminalWidth ?? fileWidth }

  /// Columns of the terminal that standard output goes to, within reason; nil where it goes elsewhere.
  static var terminalWidth: Int? {
    isatty(STDOUT_FILENO) == 1 ? min(max(size(STDOUT_FILENO).columns, 40), 160) : nil
  }

  /// Columns of tables in files and pipes.
  static let fileWidth = 100

  /// Columns and rows of a terminal; 80 x 24 where it does not say.
  static func size(_ file: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), max(Int(size.ws_row), 2))
  }
}

extension Terminal {
  /// What became of standard output.
  private struct Output {
    /// Why it could not be written; after that nothing more is.
    var reason: Int32?
    var keeper: String?
  }

  private static let output = Mutex(Output())

  /// Gives standard streams that are closed a place: the next file that is opened would take theirs,
  /// and get what is printed.
  static func reserveStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The wrong way round, so that it fails like a closed one.
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Ends the program: with a sentence where output was lost, but for a pipe that was closed, as
  /// `| head` does.
  static func end(_ code: Int32) -> Never {
    LiveDisplay.shared.clear()
    let output = output.withLock { $0 }
    var reason = output.reason
    // Some file systems find out only now.
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
  /// - Returns: why that was not possible; nil where it was.
  static func write(_ text: String, to file: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = Glibc.write(file, part.baseAddress, part.count)
        if written >= 0 {
          rest = rest.dropFirst(written)
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
