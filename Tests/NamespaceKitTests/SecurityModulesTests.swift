// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import NamespaceKit
import SystemPackage
import TestSupport
import Testing

@Suite("The security modules")
struct SecurityModulesTests {
    @Test("are found by the files that the kernel has for them")
    func detection() throws {
        let directory = try TemporaryDirectory()
        #expect(SecurityModules.detect(root: directory.path) == SecurityModules())
        let root = try directory.open()
        for path in ["sys/module/apparmor/parameters", "proc/self/attr", "sys/fs/selinux"] {
            try root.makeDirectories(FilePath(path))
        }
        try root.replaceFile("sys/module/apparmor/parameters/enabled", Array("N\n".utf8))
        #expect(SecurityModules.detect(root: directory.path).appArmor == nil)
        try root.replaceFile("sys/module/apparmor/parameters/enabled", Array("Y\n".utf8))
        #expect(SecurityModules.detect(root: directory.path).appArmor == .shared)
        try root.makeDirectories("proc/self/attr/apparmor")
        try root.replaceFile("proc/self/attr/apparmor/exec", [])
        #expect(SecurityModules.detect(root: directory.path).appArmor == .own)
        try root.replaceFile("sys/fs/selinux/enforce", Array("0".utf8))
        try root.replaceFile("proc/self/attr/current", Array("kernel".utf8) + [0])
        #expect(!SecurityModules.detect(root: directory.path).seLinux)
        try root.replaceFile("proc/self/attr/current", Array("system_u:system_r:init_t:s0".utf8) + [0])
        #expect(SecurityModules.detect(root: directory.path).seLinux)
    }
}
