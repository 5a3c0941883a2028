// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One step that the init performs on the way from `clone3` to `execve`.
///
/// A plan is a list of these. The host computes it, tests and people read it, and the init executes it in order; it
/// stops at the first step that fails and reports the step's index and the error number.
package enum Instruction<Storage: PlanStorage> {
    package typealias Text = Storage.Text
    package typealias List = Storage.List

    // Becoming the process.

    /// Asks for `signal` when the thread that spawned the init ends (`PR_SET_PDEATHSIG`).
    case dieWithParent(signal: UInt32)
    /// Makes the process untraceable by others and its procfs files root's (`PR_SET_DUMPABLE` 0).
    case hide
    /// Enters the namespaces `flags` of what `slot` holds: a namespace file or a pidfd (`setns`).
    case joinNamespaces(slot: UInt32, flags: UInt32)
    /// Moves into new namespaces (`unshare`).
    case unshare(flags: UInt32)
    /// Tells the host that `point` is reached and waits for its word.
    case awaitHost(point: UInt32)
    /// Waits for the host's word that the process is placed, which the host gives unasked.
    case awaitPlacement
    /// Becomes root of the user namespace: uid 0, gid 0, no supplementary groups.
    case becomeRoot
    /// Goes on in a new child, so that it is inside a joined pid namespace; the child is the host's child too.
    case continueInChild
    /// Becomes the leader of a new session (`setsid`).
    case newSession

    // Mounts.

    /// Sets the propagation of every mount the process sees.
    case setPropagation(UInt64)
    /// Attaches `source` as the future root: on top of the root there is, or at `place`, where hooks look for it.
    case attachRoot(source: TreeSource<Storage>, attributes: MountAttributes, place: Text)
    /// Makes a new file system and attaches it at `target`, which it may take over something of.
    case mountFileSystem(
        type: Text,
        options: List,
        target: MountTarget<Storage>,
        attributes: MountAttributes,
        inheritance: Inheritance
    )
    /// Attaches a copy of an existing tree at `target`.
    case bindMount(source: TreeSource<Storage>, target: MountTarget<Storage>, attributes: MountAttributes)
    /// Changes attributes of the mount at `path`.
    case setMountAttributes(path: Text, attributes: MountAttributes)
    /// Changes options of the file system that is mounted at `path`.
    case reconfigure(path: Text, options: List)
    /// Makes a device node or FIFO.
    case makeDevice(path: Text, mode: UInt32, major: UInt32, minor: UInt32, uid: UInt32, gid: UInt32)
    /// Makes a directory with missing parents.
    case makeDirectory(path: Text, mode: UInt32)
    /// Makes a symbolic link; an existing file at `path` is left as it is.
    case makeSymlink(path: Text, destination: Text)
    /// Gives the directory at `path`, the root of a file system that takes none as an option, an SELinux context.
    case setContext(path: Text, context: Text)
    /// Makes the file system that masks are taken from, with options of its own. Comes before `attachRoot`.
    case prepareMasks(options: List)
    /// Covers a directory or file with an empty, read-only one; a missing path is already masked.
    case mask(path: Text)
    /// Makes the tree at `path` read-only; a missing path needs nothing.
    case makeReadOnly(path: Text)
    /// Makes the attached root the process's root and detaches the old one.
    case pivotRoot
    /// Keeps `source` as the future root and attaches it nowhere: the mount namespace is another's too.
    case holdRoot(source: TreeSource<Storage>, attributes: MountAttributes)
    /// Detaches the mount at `path` of the old root, or covers it where that is not allowed; a missing one is fine.
    case detachMount(path: Text)
    /// Makes the root the process's root with `chroot`; without a root of ours, the working directory.
    case enterRoot

    // The process's surroundings.

    /// Sets the host name (`sethostname`).
    case setHostname(Text)
    /// Sets the NIS domain name (`setdomainname`).
    case setDomainname(Text)
    /// Chooses the procfs for what is written later: the one in `slot`, or, without a slot, one of our own.
    case openProc(slot: UInt32)
    /// Writes to a file of the chosen procfs.
    case writeProcFile(path: Text, value: Text)
    /// Brings up the loopback interface.
    case raiseLoopback
    /// Sets a resource limit (`prlimit`).
    case setResourceLimit(resource: UInt32, soft: UInt64, hard: UInt64)
    /// Sets the execution domain (`personality`).
    case setPersonality(UInt64)
    /// Joins the session keyring of this name, made when there is none, and adds these bits to its permissions.
    case newSessionKeyring(name: Text, permissions: UInt32)
    /// Sets the scheduling policy and its parameters (`sched_setattr`); `nice` is a signed number.
    case setScheduler(
        policy: UInt32,
        flags: UInt64,
        nice: UInt32,
        priority: UInt32,
        runtime: UInt64,
        deadline: UInt64,
        period: UInt64
    )
    /// Sets the I/O priority of the process group (`ioprio_set`).
    case setIOPriority(UInt32)
    /// Sets the memory policy (`set_mempolicy`); `nodes` is a bit mask.
    case setMemoryPolicy(mode: UInt32, nodes: Text)
    /// Restricts the process to the processors of a bit mask (`sched_setaffinity`); without one it may use all again.
    case setAffinity(mask: Text)
    /// Makes what `slot` holds the working directory (`fchdir`).
    case enterDirectory(slot: UInt32)
    /// Opens a terminal on the root's devpts, sends its other side to the host and makes it the standard streams.
    case openTerminal(rows: UInt32, columns: UInt32, bindConsole: UInt32)

    // Identity and confinement.

    /// Sets the file mode creation mask.
    case setUmask(UInt32)
    /// Removes from the bounding set what `keep` lacks.
    case dropBoundingSet(keep: UInt64)
    /// Sets supplementary groups (32-bit little-endian numbers), group and user, keeping permitted capabilities.
    case setUser(uid: UInt32, gid: UInt32, groups: Text, setGroups: UInt32)
    /// Sets the four settable capability sets.
    case setCapabilities(effective: UInt64, permitted: UInt64, inheritable: UInt64, ambient: UInt64)
    /// Sets `no_new_privs`.
    case setNoNewPrivileges
    /// Changes the working directory, unless that is done; it must be inside the root. With `mayBeDenied` a refusal is
    /// left to the next try.
    case setWorkingDirectory(path: Text, mayBeDenied: UInt32)
    /// Looks for the home directory of `uid` in the root's `/etc/passwd`; `prepareProgram` adds it.
    case findHome(uid: UInt32)
    /// Gives the standard streams that are pipes, and the terminal if there is one, to `uid`.
    case ownStreams(uid: UInt32, hasTerminal: UInt32)
    /// Installs a seccomp filter.
    case installSeccomp(filter: Text, flags: UInt32)

    // The end.

    /// Runs a hook to its end, in the namespaces of this moment. It reads `input`, our process number as it sees it, and
    /// `tail`.
    case runHook(
        name: Text,
        path: Text,
        arguments: List,
        environment: List,
        input: Text,
        tail: Text,
        timeoutSeconds: UInt32,
        addsHome: UInt32
    )
    /// Finds the program among the candidates, in order.
    case findExecutable(candidates: List)
    /// Tells the host that everything is ready and waits for the start.
    case awaitStart(slot: UInt32)
    /// Marks descriptors from `first` on as close-on-exec.
    case closeDescriptors(first: UInt32)
    /// Gets the vectors ready and resets signals.
    case prepareProgram(arguments: List, environment: List)
    /// Tells the host that what follows is the end.
    case announce
    /// Becomes the program.
    case execute

    // A plan in two parts.

    /// Tells the host that this part is done, waits for the plan's rest and goes on with it. Comes last in its part.
    case awaitPlan
    /// Gives the first `count` descriptors that came with the plan's rest the numbers `first`, `first` + 1, …
    case placeDescriptors(first: UInt32, count: UInt32)
}

/// Where a tree to attach comes from.
package enum TreeSource<Storage: PlanStorage> {
    /// A path, opened by the init before the root changes.
    case path(Storage.Text, recursive: Bool)
    /// A detached tree that the host opened.
    case slot(UInt32)
}

/// A place to mount at, below the root.
package struct MountTarget<Storage: PlanStorage> {
    /// Its path inside the root.
    package var path: Storage.Text
    /// What to make when it is missing.
    package var kind: Kind

    package init(path: Storage.Text, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// What a mount target has to be.
    package enum Kind: UInt32, Hashable, Sendable {
        /// A directory; symbolic links are followed inside the root.
        case directory = 0
        /// A file; symbolic links are followed inside the root.
        case file = 1
        /// A directory that no symbolic link leads to: `/proc` and `/sys` must be real.
        case realDirectory = 2
    }
}

/// What a new file system takes over from the directory that it hides.
package struct Inheritance: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The permissions, if the directory is there before.
    package static var mode: Inheritance { Inheritance(rawValue: 1) }
    /// A copy of everything in it.
    package static var content: Inheritance { Inheritance(rawValue: 2) }
}

/// Attributes to set and clear on a mount (`mount_setattr`), for itself and for everything below it.
package struct MountAttributes: Hashable, Sendable {
    package var set: UInt64
    package var clear: UInt64
    package var recursiveSet: UInt64
    package var recursiveClear: UInt64
    package var propagation: UInt64
    package var recursivePropagation: UInt64

    package init(
        set: UInt64 = 0,
        clear: UInt64 = 0,
        recursiveSet: UInt64 = 0,
        recursiveClear: UInt64 = 0,
        propagation: UInt64 = 0,
        recursivePropagation: UInt64 = 0
    ) {
        self.set = set
        self.clear = clear
        self.recursiveSet = recursiveSet
        self.recursiveClear = recursiveClear
        self.propagation = propagation
        self.recursivePropagation = recursivePropagation
    }
}

/// A plan as the host holds it.
package typealias HostInstruction = Instruction<HostStorage>

/// An instruction as the init reads it.
package typealias MappedInstruction = Instruction<MappedStorage>

/// A mount target as the host holds it.
package typealias HostMountTarget = MountTarget<HostStorage>

/// A tree source as the host holds it.
package typealias HostTreeSource = TreeSource<HostStorage>

/// The number of a step, equal on both sides.
package enum Opcode: UInt32 {
    case dieWithParent = 1
    case hide
    case joinNamespaces
    case unshare
    case awaitHost
    case awaitPlacement
    case becomeRoot
    case continueInChild
    case newSession
    case setPropagation
    case attachRoot
    case mountFileSystem
    case bindMount
    case setMountAttributes
    case reconfigure
    case makeDevice
    case makeDirectory
    case makeSymlink
    case setContext
    case prepareMasks
    case mask
    case makeReadOnly
    case pivotRoot
    case holdRoot
    case detachMount
    case enterRoot
    case setHostname
    case setDomainname
    case openProc
    case writeProcFile
    case raiseLoopback
    case setResourceLimit
    case setPersonality
    case newSessionKeyring
    case setScheduler
    case setIOPriority
    case setMemoryPolicy
    case setAffinity
    case enterDirectory
    case openTerminal
    case setUmask
    case dropBoundingSet
    case setUser
    case setCapabilities
    case setNoNewPrivileges
    case setWorkingDirectory
    case findHome
    case ownStreams
    case installSeccomp
    case runHook
    case findExecutable
    case awaitStart
    case closeDescriptors
    case prepareProgram
    case announce
    case execute
    case awaitPlan
    case placeDescriptors
}

#if !SKIFF_SEALED
extension Instruction: Equatable where Storage == HostStorage {}
extension Instruction: Hashable where Storage == HostStorage {}
extension Instruction: Sendable where Storage == HostStorage {}
extension TreeSource: Equatable where Storage == HostStorage {}
extension TreeSource: Hashable where Storage == HostStorage {}
extension TreeSource: Sendable where Storage == HostStorage {}
extension MountTarget: Equatable where Storage == HostStorage {}
extension MountTarget: Hashable where Storage == HostStorage {}
extension MountTarget: Sendable where Storage == HostStorage {}
#endif
