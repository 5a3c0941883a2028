// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("The runtime specification's seccomp names")
struct SeccompNamesTests {
    @Test("are read and written alike")
    func roundTrip() throws {
        for name in SeccompAction.ociNames where name != "SCMP_ACT_KILL" {
            #expect(try SeccompAction(ociName: name).ociName == name)
        }
        #expect(try SeccompAction(ociName: "SCMP_ACT_KILL") == .killThread)
        for name in SeccompArchitecture.allCases.map(\.ociName) {
            #expect(try SeccompArchitecture(ociName: name).ociName == name)
        }
        for comparison in SeccompCondition.Comparison.allCases {
            #expect(try SeccompCondition.Comparison(ociName: comparison.ociName) == comparison)
        }
        #expect(SeccompArchitecture.allCases.count == 23)
        #expect(try SeccompFlags(ociNames: SeccompFlags.ociNames).rawValue == 0b100111)
    }

    @Test("carry error numbers where the action takes one")
    func errorNumbers() throws {
        #expect(try SeccompAction(ociName: "SCMP_ACT_ERRNO") == .error(1))
        #expect(try SeccompAction(ociName: "SCMP_ACT_ERRNO", errnoValue: 0) == .error(0))
        #expect(try SeccompAction(ociName: "SCMP_ACT_ERRNO", errnoValue: 4095) == .error(4095))
        #expect(try SeccompAction(ociName: "SCMP_ACT_TRACE", errnoValue: 65535) == .trace(65535))
    }

    @Test("that are wrong are named by the error")
    func errors() {
        func caught(_ body: () throws(SeccompError) -> Void) -> SeccompError? {
            do {
                try body()
                return nil
            } catch { return error }
        }
        let cases: [(SeccompError?, String)] = [
            (
                caught { () throws(SeccompError) in _ = try SeccompAction(ociName: "ALLOW") },
                "seccomp profile: unknown action ALLOW"
            ),
            (
                caught { () throws(SeccompError) in _ = try SeccompAction(ociName: "SCMP_ACT_ERRNO", errnoValue: 4096)
                },
                "seccomp profile: error number 4096 is above 4095"
            ),
            (
                caught { () throws(SeccompError) in _ = try SeccompAction(ociName: "SCMP_ACT_ALLOW", errnoValue: 1) },
                "seccomp profile: action SCMP_ACT_ALLOW takes no error number"
            ),
            (
                caught { () throws(SeccompError) in _ = try SeccompArchitecture(ociName: "amd64") },
                "seccomp profile: unknown architecture amd64"
            ),
            (
                caught { () throws(SeccompError) in _ = try SeccompCondition.Comparison(ociName: "EQ") },
                "seccomp profile: unknown operator EQ"
            ),
            (
                caught { () throws(SeccompError) in _ = try SeccompFlags(ociNames: ["LOG"]) },
                "seccomp profile: unknown flag LOG"
            ),
            (
                caught { () throws(SeccompError) in
                    _ = try SeccompRule.rules(ociNames: [], action: .trap, conditions: [])
                }, "seccomp profile: a rule with action SCMP_ACT_TRAP names no system call"
            ),
        ]
        for (error, description) in cases { #expect(error?.description == description) }
    }

    @Test("make a rule of each condition when an argument is named twice")
    func repeatedArgument() throws {
        let first = SeccompCondition(index: 1, .equal, value: 1)
        let second = SeccompCondition(index: 1, .equal, value: 2)
        let other = SeccompCondition(index: 2, .equal, value: 2)
        let split = try SeccompRule.rules(ociNames: ["read"], action: .trap, conditions: [first, second, other])
        #expect(split.map(\.conditions) == [[first], [second], [other]])
        let whole = try SeccompRule.rules(ociNames: ["read"], action: .trap, conditions: [first, other])
        #expect(whole.map(\.conditions) == [[first, other]])
    }
}
