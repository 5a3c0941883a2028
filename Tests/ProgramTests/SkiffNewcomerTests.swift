// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import TestSupport
import Testing

/// The mistakes of the page "When it fails" in the documentation of RuntimeCore, with the words that it says they are
/// answered with.
@Suite("What newcomers are told", .requires(.root, .overlay, .programs, .busybox, .tar), .endsIfStuck)
struct SkiffNewcomerTests {
    /// A mistake, and its answer.
    struct Mistake {
        let title: String
        let script: String
        let words: String
    }

    /// The page's mistakes in their order; later ones build on earlier ones.
    static func mistakes() throws -> [Mistake] {
        let page = "\(Program.packageDirectory)/Sources/RuntimeCore/RuntimeCore.docc/WhenItFails.md"
        let text = try String(contentsOfFile: page, encoding: .utf8)
        return try text.components(separatedBy: "\n### ").dropFirst().map { section in
            let title = String(section.prefix { $0 != "\n" })
            let blocks = section.components(separatedBy: "```")
            try #require(blocks.count == 5 && blocks[1].hasPrefix("sh\n") && blocks[3].hasPrefix("text\n"), "\(title)")
            return Mistake(title: title, script: String(blocks[1].dropFirst(3)), words: String(blocks[3].dropFirst(5)))
        }
    }

    /// Whether `text` is `pattern`, where `…` stands for anything.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard let first = parts.first, text.hasPrefix(first) else { return false }
        guard parts.count > 1, let last = parts.last else { return text == pattern }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }

    /// Names for the programs as the page has them, and the files that its image has beside busybox.
    private static let preparation = """
        cd "$D"; mkdir -p names root/bin
        wrap() { printf '#!/bin/sh\\n%s\\n' "$2" > names/$1; chmod 755 names/$1; }
        wrap skiff "case \\$1 in run|create) c=\\$1; shift; exec $S --root $R \\$c --cgroup-parent $C \\"\\$@\\";; esac
        exec $S --root $R \\"\\$@\\""
        wrap skiff-at "d=\\$1; shift; exec $S --root $D/\\$d \\"\\$@\\""
        wrap skiff-oci "exec $O --root $D/state \\"\\$@\\""; wrap small-bubblewrap "exec $B \\"\\$@\\""
        printf '#!/bin/bash\\ntrue\\n' > root/bin/with-bash; cp /bin/ls root/bin/dynamic
        { printf '\\177ELF\\2\\1\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\267\\0\\1\\0\\0\\0'; head -c 4000 /dev/zero; } > root/bin/for-arm
        chmod 755 root/bin/*; chmod 755 "$D" "$S"; tar -C root -cf root.tar .
        $S --root $R import root.tar box > /dev/null
        """

    /// Closes what the tests beside this one have open, and has no shell read a script between a limit of open files and
    /// the program that is to meet it.
    private static let ownDescriptors = """
        for i in /proc/$$/fd/*; do i=${i##*/}; case $i in 0|1|2|255) ;; *) eval "exec $i>&-";; esac; done
        skiff() {
            case $1 in
                run|create) c=$1; shift; "$S" --root "$R" $c --cgroup-parent "$C" "$@";;
                *) "$S" --root "$R" "$@";;
            esac
        }
        """

    @Test("is one line, with what was done, with what, how it failed, and what to do") func words() throws {
        let store = try SkiffStore()
        let variables = "O='\(Program.oci.path)'; B='\(Program.smallBubblewrap.path)';"
        let prepared = try store.shell("set -eu; \(variables) \(Self.preparation)")
        try #require(prepared.status == 0, "\(prepared.errors)")
        let mistakes = try Self.mistakes()
        #expect(mistakes.count >= 20)
        for mistake in mistakes {
            let result = try store.shell(
                shell: "bash",
                """
                cd "$D"; PATH="$D/names:$PATH"
                \(Self.ownDescriptors)
                ( \(mistake.script) ) < /dev/null; echo $?
                """
            )
            #expect(
                Self.matches(result.errors + result.output, mistake.words),
                "\(mistake.title): \(result.errors)\(result.output)"
            )
        }
        try store.expect(0, "rm", "-f", "web")
        try store.expectNothingLeft()
    }
}
