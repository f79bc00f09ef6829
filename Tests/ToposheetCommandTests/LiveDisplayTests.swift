import Foundation
import Synchronization
import Testing

@testable import ToposheetCommand

/// Progress on terminals and elsewhere.
@Suite("Live display") struct LiveDisplayTests {
  /// What was written.
  private final class Screen: Sendable {
    private let text = Mutex("")
    func write(_ text: String) { self.text.withLock { $0 += text } }
    func take() -> String {
      text.withLock { text in
        defer { text = "" }
        return text
      }
    }
  }

  /// Lines are rewritten in their place, however many there were; what is printed stands above.
  @Test("blocks are rewritten") func blocksAreRewritten() {
    let screen = Screen()
    let display = LiveDisplay(size: { (80, 24) }, interval: .seconds(30), write: screen.write)
    display.show(file: "") { _, _ in ["a", "b", "c"] }
    #expect(screen.take() == "a\u{1B}[K\nb\u{1B}[K\nc\u{1B}[K\u{1B}[J")
    display.show(file: "") { _, _ in ["d"] }
    #expect(screen.take() == "\r\u{1B}[2Ad\u{1B}[K\u{1B}[J")
    display.makeRoom()
    #expect(screen.take() == "\r\u{1B}[J")
    display.makeRoom()
    #expect(screen.take() == "")
    display.show(file: "") { columns, rows in ["\(columns) \(rows)"] }
    #expect(screen.take().hasPrefix("79 23"))
  }

  /// However long a step takes, there is a line now and then, and none after the end.
  @Test("a file gets a line now and then") func filesGetALineNowAndThen() {
    let screen = Screen()
    let display = LiveDisplay(size: nil, interval: .milliseconds(300), write: screen.write)
    display.show(file: "one") { _, _ in [] }
    display.show(file: "two") { _, _ in [] }
    // On a busy machine a line may come in between.
    var text = screen.take().replacing("one\n", with: "")
    for _ in 0..<100 where text.split(separator: "\n").count < 2 {
      usleep(100_000)
      text += screen.take()
    }
    #expect(text.hasPrefix("two\ntwo\n"))
    display.clear()
    _ = screen.take()
    usleep(700_000)
    #expect(screen.take() == "")
  }

  @Test("time left is never cut off") func timeLeftIsNeverCutOff() {
    var text = StatusText()
    text.add("1234 of 56789 units", rank: 1)
    text.add("corruption/gaussian-noise 5, draw 12", rank: 2)
    text.add("12 h 34 min left", rank: 0)
    for columns in [20, 40, 60, 80, 120] {
      let line = text.fitted(columns)
      #expect(line.count <= columns && line.contains("12 h 34 min left"), "\(line)")
    }
    #expect(text.fitted(40) == "1234 of 56789 units  12 h 34 min left")
    #expect(text.fitted(120) == text.text)
    #expect(text.fitted(5) == "12 h ")
  }

  @Test("colors are for terminals only") func colorsAreForTerminals() {
    for (terminal, environment, isUsed) in [
      (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false),
      (true, ["TERM": "dumb"], false), (true, [:], false),
      (true, ["TERM": "xterm", "NO_COLOR": "1"], false),
      (true, ["TERM": "xterm", "NO_COLOR": ""], true),
    ] {
      #expect(Style.isUsed(isTerminal: terminal, environment: environment) == isUsed)
    }
    #expect(Style.wrong("x", colored: false) == "x")
    // The tests' standard error is no terminal.
    if isatty(STDERR_FILENO) == 0 { #expect(Style.errorPrefix("toposheet: no") == "toposheet: no") }
  }
}
