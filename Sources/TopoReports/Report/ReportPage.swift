import Mustache
import TopoFoundation

/// What the template of a report shows. Texts are plain: the template escapes them.
struct ReportPage {
  struct Study {
    var id: String
    var name: String
    var heading: String
    var paragraphs: [String]
    var undefined: [Undefined]
    var undefinedSummary: String
    var figures: [Picture]
    var missing: String
    var tables: [Table]
    var hasUndefined: Bool
  }

  struct Undefined {
    var measure: String
    var count: Int
    var reason: String
  }

  struct Picture {
    var id: String
    var file: String
    var title: String
    var caption: String
    var columns: Int
    /// The least width of a panel on narrow screens, in pixels.
    var least: Int
    /// SVG.
    var panels: [String]
    var legend: [Entry]
    var hasLegend: Bool
  }

  struct Entry {
    var svg: String
    var name: String
  }

  struct Table {
    var title: String
    /// A sentence below the title.
    var note: String?
    var columns: [Column]
    var rows: [Row]
    var hasRows = true

    init(title: String, note: String?, columns: [Column], rows: [Row]) {
      (self.title, self.note, self.columns, self.rows) = (title, note, columns, rows)
      hasRows = !rows.isEmpty
    }
  }

  struct Column {
    var name: String
    var kind: String
  }

  struct Row { var cells: [Cell] }

  struct Cell {
    var text: String
    /// What rows are sorted by; empty if there is no value.
    var value: String
    var kind: String
  }

  struct Sentence {
    var sentence: String
    var networks: String
    var measure: String
    /// What it was measured on, such as `500 test images`; nil if nothing was.
    var images: String?
    var expected: String
    var difference: String
    var interval: String
    var effect: String
    var p: String
    var seeds: String
    /// Why seeds do not count.
    var leftOut: String?
    var verdict: String
    var badge: String
    var remark: String?
    var rowClass: String
    var hasLambdas: Bool
    var lambdas: [Lambda]
  }

  struct Lambda {
    var lambda: String
    var difference: String
    var interval: String
    var effect: String
    var p: String
  }

  struct Folder {
    var path: String
    var lines: [String]
    /// The commands of the processes that worked in it, if they are recorded.
    var made: String?
    /// The commands that make it again, in another folder, and what to do with them.
    var again: String?
    var how: String
    var plan: String?
    /// The name under which a reader saves the plan.
    var planFile: String
    var pages: [Link]
    var hasPages: Bool
  }

  /// Claims that nothing was measured for, with the reason.
  struct Unmeasured {
    var reason: String
    var claims: String
  }

  struct Link {
    var address: String
    var name: String
  }

  var title: String
  var paper: String
  var tally: String
  var verdictImages: String
  /// What plans say that was reduced, a sentence each.
  var reductions: [String]
  var studies: [Study]
  var verdicts: [Sentence]
  var hasVerdicts: Bool
  var unmeasuredSummary: String
  var unmeasured: [Unmeasured]
  /// The commands that measure them.
  var measure: String?
  var hasUnmeasured: Bool
  var rule: [String]
  var methods: [String]
  var methodTables: [Table]
  var folders: [Folder]
  /// The command of a report of the folders that were made again.
  var reportAgain: String?
  var command: String
  var version = toposheetVersion
  var style = String(decoding: PackageResources.report_css, as: UTF8.self)
  var script = String(decoding: PackageResources.report_js, as: UTF8.self)

  /// The page.
  /// - Throws: the error of the template, which is part of this program.
  func html() throws -> String {
    let template = String(decoding: PackageResources.report_mustache, as: UTF8.self)
    return try MustacheTemplate(string: template).render(self)
  }
}
