// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The name of a kernel parameter, taken apart once.
enum SysctlName {
    /// The parts of a name such as `net.ipv4.ip_forward` or `net/ipv4/conf/eth0.1/forwarding`, as directories below
    /// `/proc/sys`; `nil` if it is no name.
    ///
    /// The separator is what stands first, `.` or `/`; the other one then stands for itself exchanged, as sysctl(8) does.
    static func components(of name: String) -> [String]? {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy {
            Bytes.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || isSeparator($0)
        }
        guard isPlain, !bytes.isEmpty, bytes.count <= 255, let first = bytes.first(where: isSeparator) else {
            return nil
        }
        let parts = bytes.split(separator: first, omittingEmptySubsequences: false).map { part in
            // In the dotted form a slash within a part is a dot of the name, as in net.ipv4.conf.eth0/1.forwarding.
            part.map { first == UInt8(ascii: ".") && $0 == UInt8(ascii: "/") ? UInt8(ascii: ".") : $0 }
        }
        let isPath = parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
        return isPath ? parts.map { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// The kind of namespace that has a value of its own for the parameter; `nil` if the whole host has one.
    static func namespace(of parts: [String]) -> LinuxNamespace.Kind? {
        switch (parts[0], parts.count) {
        case ("net", 3...): .network
        case ("fs", 3...) where parts[1] == "mqueue": .ipc
        case ("kernel", 2): kernel[parts[1]]
        case ("user", 2): .user
        default: nil
        }
    }

    /// The field of the configuration that sets the same.
    static func field(of parts: [String]) -> String? {
        switch parts {
        case ["kernel", "hostname"]: "hostname"
        case ["kernel", "domainname"]: "domainname"
        default: nil
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") }

    private static let kernel: [String: LinuxNamespace.Kind] = [
        "msgmax": .ipc, "msgmnb": .ipc, "msgmni": .ipc, "msg_next_id": .ipc, "sem": .ipc, "sem_next_id": .ipc,
        "shmall": .ipc, "shmmax": .ipc, "shmmni": .ipc, "shm_next_id": .ipc, "shm_rmid_forced": .ipc,
        "auto_msgmni": .ipc,
        "hostname": .uts, "domainname": .uts,
    ]
}
