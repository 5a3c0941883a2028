// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The options of `checkpoint` and `restore`, under runc's names.
extension Option {
    static let imagePath = Option("image-path", value: .one("DIR"), "directory with the images (checkpoint)")
    static let workPath = Option("work-path", value: .one("DIR"), "directory for logs; that of the images if not given")
    static let parentPath = Option(
        "parent-path",
        value: .one("DIR"),
        "images of an earlier --pre-dump, below --image-path"
    )
    static let leaveRunning = Option("leave-running", "let the processes go on")
    static let tcpEstablished = Option("tcp-established", "allow open TCP connections")
    static let tcpSkipInFlight = Option("tcp-skip-in-flight", "leave out TCP connections that are being set up")
    static let linkRemap = Option("link-remap", "give files without a name one")
    static let extUnixSk = Option("ext-unix-sk", "allow unix sockets that lead out of the container")
    static let shellJob = Option("shell-job", "allow a session from outside")
    static let lazyPages = Option("lazy-pages", "hand memory over on demand")
    static let statusFD = Option(
        "status-fd",
        value: .one("FD"),
        "descriptor that gets a zero byte when lazy pages are ready"
    )
    static let pageServer = Option("page-server", value: .one("ADDRESS:PORT"), "where the page server listens")
    static let fileLocks = Option("file-locks", "save and restore file locks")
    static let preDump = Option("pre-dump", "save memory only, and let the processes go on")
    static let manageCgroupsMode = Option(
        "manage-cgroups-mode",
        value: .one("MODE"),
        "soft (default), full, strict, ignore"
    )
    static let emptyNS = Option("empty-ns", value: .many("NAMESPACE"), "network: do not restore its devices")
    static let autoDedup = Option("auto-dedup", "remove memory from earlier images that later ones have")
    static let lsmProfile = Option("lsm-profile", value: .one("TYPE:NAME"), "LSM profile of the restored process")
    static let lsmMountContext = Option("lsm-mount-context", value: .one("CONTEXT"), "LSM context of restored mounts")
}
