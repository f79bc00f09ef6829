import TestSupport
import Testing
import TopoStudies

@Suite("Lists of seeds") struct SeedListTests {
  @Test("numbers, commas and ranges") func numbersCommasAndRanges() throws {
    #expect(try SeedList("0").seeds == [0])
    #expect(try SeedList("0-2").seeds == [0, 1, 2])
    #expect(try SeedList(" 7, 0-2 ,18446744073709551615").seeds == [7, 0, 1, 2, .max])
    #expect(try SeedList("4-4").seeds == [4])
    #expect(try SeedList("010, 007 - 009").seeds == [10, 7, 8, 9])
    #expect(try SeedList("0-99999").seeds.count == 100_000)
  }

  @Test("the description reads back") func descriptionReadsBack() throws {
    for text in ["0", "0-2", "7,0-2", "5,7", "3-4,18446744073709551614-18446744073709551615"] {
      #expect(try SeedList(text).description == text)
    }
    #expect(try SeedList("0,1,2,7").description == "0-2,7")
  }

  @Test(
    "other texts are refused",
    arguments: [
      ("", "the seeds \"\" are empty in one place; write them as 0-2,7"),
      ("1,,2", "the seeds \"1,,2\" are empty in one place; write them as 0-2,7"),
      ("1,", "the seeds \"1,\" are empty in one place; write them as 0-2,7"),
      ("2-0", "the seeds 2-0 run backwards; write 0-2"),
      ("a", "\"a\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("-1", "\"-1\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("1-2-3", "\"1-2-3\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("1.5", "\"1.5\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("0-2,1", "the seeds \"0-2,1\" name 1 twice; name it once"),
      ("0 1", "\"0 1\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("1 2-3", "\"1 2-3\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("0x10", "\"0x10\" is not a seed or a range of seeds; write them as 0-2,7"),
      ("0-4,7-100002", "the seeds 0-4,7-100002 are more than 100000; ask for fewer"),
      (
        "0-18446744073709551615",
        "the seeds 0-18446744073709551615 are more than 100000; ask for fewer"
      ),
      ("0-99999999999", "the seeds 0-99999999999 are more than 100000; ask for fewer"),
      (
        "18446744073709551616",
        "\"18446744073709551616\" is not a seed or a range of seeds; "
          + "write them as 0-2,7"
      ),
    ])
  func whatIsNoSeedIsRefused(_ text: String, _ sentence: String) {
    #expect(message { _ = try SeedList(text) } == sentence)
  }
}
