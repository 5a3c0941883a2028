// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("Fuzzing of the mapping") struct FuzzTests {
    @Test("Options of mounts are applied or refused by name") func options() throws {
        let words = [
            "ro", "rw", "nosuid", "nodev", "noexec", "rbind", "bind", "rprivate", "rslave", "shared", "mode=755",
            "size=64k", "idmap",
            "uid=0", "tmpcopyup", "remount", "relatime", "strictatime", "recursive", "rro", "lowerdir=/a:/b",
            "nr_inodes=1k",
        ]
        let seeds = words.map { Array($0.utf8) } + [Array(words.joined(separator: ",").utf8)]
        try Fuzz.run("mount-options", seeds: seeds, tokens: words) { input in
            let options = input.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            for type in ["bind", "tmpfs", "proc", "overlay"] {
                do throws(RuntimeError) {
                    _ = try MappingFixture.mount("/mnt", type: type, source: "/src", options: options)
                } catch {
                    if !error.description.contains("mounts[0]") || error.description.utf8.contains(10) {
                        throw Fuzz.Broken("\(error)")
                    }
                }
            }
        }
    }

    @Test("A configuration that can be read is mapped or refused in one line") func configurations() throws {
        let seeds = [
            RuntimeConfiguration.example.json(), RuntimeConfiguration.rootlessExample(uid: 1000, gid: 1000).json(),
        ]
        let tokens = ["\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"},", "\"path\":\"/proc/self\",", "\"/../..\""]
        try Fuzz.run("mapping", seeds: seeds, tokens: tokens) { input in
            guard let configuration = try? RuntimeConfiguration(json: input) else { return }
            do throws(RuntimeError) {
                _ = try ConfigurationMapper.map(configuration, bundle: "/bundle", id: "c1")
            } catch {
                if error.description.isEmpty || error.description.utf8.contains(10) { throw Fuzz.Broken("\(error)") }
            }
        }
    }
}
