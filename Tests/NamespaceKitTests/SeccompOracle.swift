// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import NamespaceKit

/// libseccomp, asked through a small C program that is compiled when the tests run.
struct SeccompOracle {
    /// What libseccomp makes of a profile.
    struct Answer {
        var program: [BPFInstruction] = []
        var unknownNames: Set<String> = []
        /// The highest number that a rule names, per architecture, as runc computes it.
        var highest: [SeccompArchitecture: UInt32] = [:]
        /// Rules that libseccomp cannot add beside the others.
        var rejected: [String] = []
    }

    struct Failure: Error { let message: String }

    static let isAvailable =
        FileManager.default.fileExists(atPath: "/usr/include/seccomp.h") && run("/usr/bin/cc", ["--version"]) != nil

    private let executable: String

    init() throws {
        let directory = NSTemporaryDirectory() + "skiff-seccomp-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let source = directory + "/oracle.c"
        executable = directory + "/oracle"
        try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
        guard Self.run("/usr/bin/cc", ["-O1", "-o", executable, source, "-lseccomp"]) != nil else {
            throw Failure(message: "the oracle does not compile")
        }
    }

    /// Removes what `init` made.
    func remove() throws {
        try FileManager.default.removeItem(atPath: (executable as NSString).deletingLastPathComponent)
    }

    func ask(_ profile: SeccompProfile) throws -> Answer {
        var text = "default \(profile.defaultAction.returnValue)\n"
        let tokens: [SeccompArchitecture: UInt32] = [
            .x86_64: 0xc000_003e, .x86: 0x4000_0003, .x32: 0x4000_003e, .aarch64: 0xc000_00b7, .arm: 0x4000_0028,
        ]
        for architecture in profile.architectures {
            text += "arch \(tokens[architecture] ?? 0) \(architecture.ociName)\n"
        }
        for rule in profile.rules {
            for name in rule.names {
                text += "rule \(rule.action.returnValue) \(name) \(rule.conditions.count)"
                for condition in rule.conditions {
                    let number = (SeccompCondition.Comparison.allCases.firstIndex(of: condition.comparison) ?? 0) + 1
                    text += " \(condition.index) \(number) \(condition.value) \(condition.valueTwo)"
                }
                text += "\n"
            }
        }
        let input = executable + ".in"
        try text.write(toFile: input, atomically: true, encoding: .utf8)
        guard let output = Self.run(executable, [input]) else { throw Failure(message: "the oracle failed") }
        var answer = Answer()
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "unknown": answer.unknownNames.insert(words[1])
            case "rejected": answer.rejected.append(words[1])
            case "highest":
                if let architecture = SeccompArchitecture(rawValue: words[1]) {
                    answer.highest[architecture] = UInt32(words[2])
                }
            default:
                guard words.count == 5, let code = UInt16(words[1]), let yes = UInt8(words[2]),
                    let no = UInt8(words[3]),
                    let constant = UInt32(words[4])
                else { throw Failure(message: "the oracle said \(line)") }
                answer.program.append(BPFInstruction(code: code, jumpIfTrue: yes, jumpIfFalse: no, constant: constant))
            }
        }
        return answer
    }

    private static func run(_ path: String, _ arguments: [String]) -> Data? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        do { try process.run() } catch { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }

    private static let source = """
        #include <errno.h>
        #include <seccomp.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        #include <linux/filter.h>

        int main(int count, char **arguments) {
            (void)count;
            FILE *input = fopen(arguments[1], "r");
            scmp_filter_ctx filter = NULL;
            char word[64], name[128];
            unsigned deflt = 0;
            unsigned archs[16]; char archNames[16][64]; int highest[16]; int archCount = 0;
            while (fscanf(input, "%63s", word) == 1) {
                if (!strcmp(word, "default")) {
                    if (fscanf(input, "%u", &deflt) != 1) return 2;
                    filter = seccomp_init(deflt);
                    if (!filter) return 3;
                    if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) return 4;
                } else if (!strcmp(word, "arch")) {
                    if (fscanf(input, "%u %63s", &archs[archCount], archNames[archCount]) != 2) return 5;
                    int error = seccomp_arch_add(filter, archs[archCount]);
                    if (error && error != -EEXIST) return 6;
                    highest[archCount++] = -1;
                } else {
                    unsigned action, n;
                    struct scmp_arg_cmp args[6];
                    if (fscanf(input, "%u %127s %u", &action, name, &n) != 3) return 7;
                    for (unsigned i = 0; i < n; i++) {
                        unsigned index, op; unsigned long long a, b;
                        if (fscanf(input, "%u %u %llu %llu", &index, &op, &a, &b) != 4) return 8;
                        args[i] = (struct scmp_arg_cmp){index, op, a, b};
                    }
                    int number = seccomp_syscall_resolve_name(name);
                    if (number == __NR_SCMP_ERROR) { printf("unknown %s\\n", name); continue; }
                    for (int i = 0; i < archCount; i++) {
                        int there = seccomp_syscall_resolve_name_arch(archs[i], name);
                        if (there > highest[i]) highest[i] = there;
                    }
                    if (action == deflt) continue;
                    int error = seccomp_rule_add_array(filter, action, number, n, args);
                    if (error) printf("rejected %s %d\\n", name, error);
                }
            }
            for (int i = 0; i < archCount; i++)
                if (highest[i] >= 0) printf("highest %s %d\\n", archNames[i], highest[i]);
            fflush(stdout);
            FILE *program = tmpfile();
            if (seccomp_export_bpf(filter, fileno(program))) return 9;
            rewind(program);
            struct sock_filter f;
            while (fread(&f, sizeof f, 1, program) == 1) printf("bpf %u %u %u %u\\n", f.code, f.jt, f.jf, f.k);
            return 0;
        }
        """
}
