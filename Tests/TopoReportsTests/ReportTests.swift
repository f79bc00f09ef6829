import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation

@testable import TopoReports

/// The page of `toposheet report`.
@Suite("Reports") struct ReportTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  private func accuracies(
    _ conditions: [String], seeds: Int, dataset: String = "mnist", plus: Double = 0
  ) -> [Record] {
    StudyFixtures.records("accuracy", conditions, seeds: seeds, dataset: dataset) { _, seed in
      0.8 + plus + StudyFixtures.noise(seed)
    }
  }

  private func report(_ folders: [URL]) throws -> Report {
    try Report(folders: folders, output: place.url)
  }

  @Test("names of the results are escaped") func escaped() throws {
    let folder = try StudyFixtures.folder(
      accuracies(["control", "<img src=x>"], seeds: 2, dataset: "a<b>&"), in: place, "study")
    try place.write(Array("name: </pre><script>".utf8), to: "study/plan.yaml")
    let html = try report([folder]).html
    #expect(!html.contains("<img") && !html.contains("a<b>") && !html.contains("</pre><script>"))
    #expect(html.contains("&lt;img src=x&gt;"))
    // No address but that of the paper.
    #expect(html.components(separatedBy: "href=\"http").count == 2 && !html.contains("src=\"http"))
  }

  @Test("files: the page, and each figure as SVG, PDF and CSV") func files() throws {
    let folder = try StudyFixtures.folder(
      accuracies(["control", "ws-euclidean-1"], seeds: 2), in: place, "study")
    let out = place.url.appending(path: "deep/report", directoryHint: .isDirectory)
    try Report(folders: [folder], output: out).write(to: out)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: out.appending(path: "figures").path
    ).sorted()
    #expect(
      names == [
        "files.txt", "mnist-accuracy.csv", "mnist-accuracy.pdf", "mnist-accuracy.svg",
        "mnist-measures.csv",
        "verdicts.csv",
      ])
    let measures = try String(
      contentsOf: out.appending(path: "figures/mnist-measures.csv"), encoding: .utf8)
    #expect(measures.contains("mnist,ws-euclidean-1,accuracy,clean,,2,0.835"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).count == 2)
  }

  @Test("figures of an earlier report go, and other files stay") func stale() throws {
    let folder = try StudyFixtures.folder(
      accuracies(["control", "ws-euclidean-1"], seeds: 2), in: place, "study")
    let other = try StudyFixtures.folder(
      accuracies(["control", "ws-euclidean-1"], seeds: 2, dataset: "cifar10"), in: place, "other")
    let out = place.url.appending(path: "report", directoryHint: .isDirectory)
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: out.appending(path: "figures").path)
        .sorted()
    }
    try Report(folders: [folder, other], output: out).write(to: out)
    #expect(try names().contains("cifar10-accuracy.svg"))
    try place.write(Array("mine".utf8), to: "report/figures/cifar10-mine.svg")
    // A list that was changed by hand names files elsewhere, and a folder.
    try place.write(Array("keep".utf8), to: "report/keep.txt")
    let list = out.appending(path: "figures/files.txt")
    let text = try String(contentsOf: list, encoding: .utf8)
    try place.write(Array((text + "../keep.txt\n..\n.\n").utf8), to: "report/figures/files.txt")
    try Report(folders: [folder], output: out).write(to: out)
    #expect(
      try names() == [
        "cifar10-mine.svg", "files.txt", "mnist-accuracy.csv", "mnist-accuracy.pdf",
        "mnist-accuracy.svg", "mnist-measures.csv", "verdicts.csv",
      ])
    #expect(FileManager.default.fileExists(atPath: out.appending(path: "keep.txt").path))
    #expect(
      try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
        == [
          "verdicts.csv", "mnist-accuracy.svg", "mnist-accuracy.pdf", "mnist-accuracy.csv",
          "mnist-measures.csv",
        ])
  }

  @Test("one seed and one condition have a report, without comparisons") func single() throws {
    let folder = try StudyFixtures.folder(accuracies(["control"], seeds: 1), in: place, "study")
    let result = try report([folder])
    #expect(result.html.contains("1 network of 1 condition"))
    // Nothing says how the folder was made; the report's own command is below it, once.
    #expect(result.html.components(separatedBy: "<pre").count == 2)
    #expect(!result.html.contains(">NaN") && result.figureCount == 0)
    let other = try StudyFixtures.folder(
      accuracies(["ws-euclidean-1"], seeds: 1), in: place, "other")
    #expect(try report([other]).html.contains("There is no control"))
  }

  @Test("two data sets are two studies, and their networks are never joined") func datasets() throws
  {
    let first = try StudyFixtures.folder(
      accuracies(["control", "ws-euclidean-1"], seeds: 2), in: place, "first")
    let second = try StudyFixtures.folder(
      accuracies(["control"], seeds: 3, dataset: "cifar10", plus: -0.3), in: place, "second")
    let studies = try JoinedResults([first, second]).studies
    #expect(studies.map(\.setting.dataset) == ["mnist", "cifar10"])
    #expect(studies[1].families.isEmpty && studies[1].seeds["control"]?.count == 3)
    #expect(studies[0].seeds(ComparedMeasure("accuracy"), of: "control").count == 2)
    let html = try report([first, second]).html
    #expect(html.contains("id=\"mnist\"") && html.contains("id=\"cifar10\""))
  }

  @Test("folders of one data set are joined, and repeated rows count once") func joined() throws {
    let records = accuracies(["control", "ws-euclidean-1"], seeds: 4)
    let first = try StudyFixtures.folder(
      records.filter { $0.network.seed < 2 }, in: place, "first")
    let second = try StudyFixtures.folder(
      records.filter { $0.network.seed > 0 }, in: place, "second")
    let study = try JoinedResults([first, second, first]).studies
    #expect(study.count == 1 && study[0].seeds["control"]?.count == 4)
    #expect(study[0].seeds(ComparedMeasure("accuracy"), of: "control").count == 4)
  }

  @Test("contradictory folders, missing folders and strange files are sentences") func refused()
    throws
  {
    let first = try StudyFixtures.folder(accuracies(["control"], seeds: 1), in: place, "first")
    let second = try StudyFixtures.folder(
      accuracies(["control"], seeds: 1, plus: 0.1), in: place, "second")
    let sentence = message { _ = try report([first, second]) }
    #expect(sentence.contains("control, seed 0, has another accuracy"), "\(sentence)")
    let none = place.url.appending(path: "none")
    #expect(message { _ = try report([none]) }.contains("does not exist"))
    let empty = place.url.appending(path: "empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    #expect(
      message { _ = try report([empty]) }.contains("holds neither metrics.csv nor training.csv"))
    try place.write(Array("dataset,condition\r\nmnist\r\n".utf8), to: "empty/training.csv")
    let damaged = message { _ = try report([empty]) }
    #expect(damaged.contains("training.csv") && damaged.contains("line 2"), "\(damaged)")
  }

  @Test("a folder with training alone says that nothing was evaluated") func training() throws {
    let header =
      "dataset,architecture,sheet,condition,penalty,metric,lambda,view,layout,scale,neighborhood,"
      + "seed,epoch,state,cross-entropy,weighted-penalty,validation-accuracy\r\n"
    let rows = (1...2).map { epoch in
      "mnist,mnist,11x11,ws-euclidean-1,ws,euclidean,1.0,none,none,none,moore,0,\(epoch),ok,"
        + "\(2 - epoch),0.1,0.\(epoch)\r\n"
    }
    try place.write(Array((header + rows.joined()).utf8), to: "trained/training.csv")
    let result = try report([place.url.appending(path: "trained", directoryHint: .isDirectory)])
    #expect(result.html.contains("the networks were not evaluated") && result.figureCount == 1)
  }

  @Test("a reduced plan is named above the verdicts") func reduced() throws {
    let folder = try StudyFixtures.folder(accuracies(["control"], seeds: 2), in: place, "study")
    let sentence = "REDUCED: 2 epochs instead of 10."
    for (head, wanted) in [
      ("# Resolved from the ready plan x.\n# \(sentence)\n# More.\n", sentence),
      (
        "# Resolved from the ready plan x with\n# --set epochs=3\n# \(sentence)\n",
        sentence + " Changed by --set epochs=3."
      ),
      (
        "# Resolved from the ready plan paper-mnist-reduced.\n",
        "REDUCED: the ready plan paper-mnist-reduced."
      ),
      ("# Resolved from the ready plan paper-mnist.\n", nil),
    ] as [(String, String?)] {
      try place.write(Array((head + "name: x\n").utf8), to: "study/plan.yaml")
      let html = try report([folder]).html
      #expect(html.contains("<strong>REDUCED") == (wanted != nil))
      if let wanted { #expect(html.contains("<strong>\(wanted)</strong>"), "\(wanted)") }
    }
  }

  @Test("what was not measured is a list with a command") func unmeasured() throws {
    let folder = try StudyFixtures.folder(
      accuracies(["control", "ws-euclidean-1"], seeds: 2), in: place, "study")
    let html = try report([folder]).html
    #expect(!html.contains("<table class=\"verdicts\">") && html.contains("were not measured"))
    #expect(html.contains("<li>needs the analysis organization: WS makes smooth maps. With WS,"))
    #expect(html.contains("<li>no networks of cifar10 here: ") && !html.contains("--analyses"))
    // With networks there is a command.
    let header = "dataset,architecture,sheet,condition,penalty,metric,lambda,view,layout,scale,"
    let row = "mnist,unknown,unknown,control,control,none,0.0,none,none,none,none,0,3\r\n"
    try place.write(
      Array((header + "neighborhood,seed,epoch\r\n" + row).utf8), to: "study/training.csv")
    let path = folder.relativePath
    #expect(
      try report([folder]).html.contains(
        "toposheet evaluate \(path) --analyses organization,units,tuning,representation --noise "
          + "white,pink,salt-pepper --weights all --out \(path)-more\n"))
    // On the plan's images, into a folder that does not exist; MNIST-C has fewer images.
    try place.write(Array("evaluation:\n  subset: 300\n  draws: 2\n".utf8), to: "study/plan.yaml")
    for name in ["study-more/a", "study-mnist-c/a"] { try place.write([], to: name) }
    let again = try report([folder]).html
    #expect(again.contains("--weights all --subset 300 --out \(path)-more-2\n"))
    #expect(again.contains("--suite mnist-c --subset 300 --out \(path)-mnist-c-2<"))
    // The rest of an evaluation comes first.
    let suite = """
      {"identity": {"items": [], "tasks": ["a"],
        "data": {"split": "test", "count": 300, "checksum": 1}}}
      """
    try place.write(Array(suite.utf8), to: "study/suite.json")
    let rest = try report([folder]).html
    #expect(rest.contains("toposheet run \(path)/plan.yaml --out \(path) --resume"))
    #expect(!rest.contains("--weights all"))
  }

  @Test("a folder of epochs stands for the folders of its epochs") func epochs() throws {
    for epoch in [2, 10] {
      var records = accuracies(["control", "ws-euclidean-1"], seeds: 2, plus: Double(epoch) / 100)
      records += StudyFixtures.records(
        "morans-i-pre-relu", ["control", "ws-euclidean-1"], seeds: 2
      ) { _, seed in StudyFixtures.noise(seed) }
      for index in records.indices { records[index].network.epoch = epoch }
      _ = try StudyFixtures.folder(records, in: place, "epochs/epoch-\(epoch)")
    }
    try place.write(Array("{}".utf8), to: "epochs/epoch-11/suite.json")
    try place.write(Array("x".utf8), to: "epochs/epoch-x/metrics.csv")
    let folder = place.url.appending(path: "epochs", directoryHint: .isDirectory)
    #expect(EpochFolders.all(in: folder).map(\.epoch) == [2, 10, 11])
    let result = try report([folder])
    #expect(result.html.contains("mnist unknown unknown epoch 2, ws-euclidean</td>"))
    #expect(result.html.contains("id=\"mnist-unknown-unknown-epoch-10\""))
    #expect(result.notes.contains { $0.contains("epoch-11: the evaluation of this epoch has no") })
    #expect(EpochFolders.obstacle(of: folder)?.hasSuffix("epochs/epoch-2") == true)
    #expect(EpochFolders.obstacle(of: folder.appending(path: "epoch-2")) == nil)
  }

  @Test("addresses of pages beside the results are relative") func addresses() {
    let folder = URL(filePath: "/a/b/report", directoryHint: .isDirectory)
    #expect(
      Report.relative(URL(filePath: "/a/b/runs/my atlas.html"), from: folder)
        == "../runs/my%20atlas.html")
    #expect(Report.relative(URL(filePath: "/a/b/report/x.html"), from: folder) == "x.html")
  }

  @Test("numbers have three digits, and signs where they are differences") func numbers() {
    #expect(ReportNumbers.text(0.123456) == "0.123" && ReportNumbers.text(1234.5) == "1234")
    #expect(ReportNumbers.signed(0.5) == "+0.500" && ReportNumbers.signed(-2) == "-2.00")
    // What is left of sums that cancel.
    #expect(ReportNumbers.signed(1.4e-17) == "0" && ReportNumbers.text(-1.4e-17) == "0")
    #expect(ReportNumbers.short(0.05) == "0.05" && ReportNumbers.short(1) == "1")
    #expect(ReportNumbers.short(120) == "120")
    #expect(ReportNumbers.unit("1", "points") == "1 point")
    #expect(ReportNumbers.unit("-1.00", "points") == "-1.00 point")
    #expect(ReportNumbers.unit("2", "points") == "2 points" && ReportNumbers.unit("1", "") == "1")
    #expect(ReportNumbers.spread(97.123, 0.4567) == "97.12 ± 0.46")
    #expect(ReportNumbers.spread(0.123456, 0.0321) == "0.123 ± 0.032")
    #expect(ReportNumbers.spread(1234.5, 200) == "1234 ± 200")
    #expect(ReportNumbers.spread(5, 0) == "5.00 ± 0.00")
    #expect(ReportNumbers.text(0) == "0" && ReportNumbers.text(nil).isEmpty)
    #expect(ReportNumbers.text(1e-9) == "1.00e-09")
  }
}
