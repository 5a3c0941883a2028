// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

@testable import RuntimeCore
import Testing

@Suite("Lines of a container's output") struct LineSplitterTests {
    private func lines(_ chunks: [String], longest: Int = 100) -> [String] {
        var splitter = LineSplitter(longestLine: longest)
        var lines: [String] = []
        for chunk in chunks {
            splitter.add(Array(chunk.utf8))
            while let line = splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        if let last = splitter.finish() { lines.append(String(decoding: last, as: UTF8.self)) }
        return lines
    }

    @Test(
        "are the same however the bytes come",
        arguments: [["a\nbb\n\nc"], ["a", "\n", "bb\n", "\nc"], ["a\nb", "b\n\n", "c"]]
    )
    func chunks(_ chunks: [String]) { #expect(lines(chunks) == ["a", "bb", "", "c"]) }

    @Test("end with the last line end")
    func lastEnd() {
        #expect(lines(["a\n"]) == ["a"])
        #expect(lines([]) == [])
    }

    @Test("come in pieces when they are too long, and only then")
    func long() {
        #expect(lines(["1234567\n12345\n"], longest: 5) == ["12345", "67", "12345"])
        #expect(lines(["123", "456", "7"], longest: 5) == ["12345", "67"])
    }
}
