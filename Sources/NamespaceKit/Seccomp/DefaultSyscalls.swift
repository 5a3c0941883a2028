// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// System calls that docker's default profile allows every container, by theme; separated by white space.
///
/// Facts from moby/profiles, seccomp/default.json (2025), for the architectures that there are tables for.
package enum DefaultSyscalls {
    /// All of them.
    package static var everywhere: [String] {
        let themes = [
            tracing, sockets, ipc, time, signals, identity, extendedAttributes, waiting, memory, processes, metadata,
            files,
        ]
        return themes.flatMap(words)
    }

    /// The words of a text.
    static func words(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { String(Substring($0)) }
    }

    /// Looking at other processes; without the capability the kernel checks who may. Docker allows these from Linux 4.8
    /// on, when seccomp began to be checked after a tracer changed a call; the kernels this library needs are newer.
    static var tracing: String {
        """
        process_vm_readv process_vm_writev ptrace
        """
    }

    /// Sockets but `socket` itself, which depends on its family.
    static var sockets: String {
        """
        accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64
        recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair
        """
    }

    /// System V and POSIX message queues, semaphores and shared memory.
    static var ipc: String {
        """
        ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
        mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt
        shmget
        """
    }

    /// Clocks and timers; `adjtimex` and relatives only read without CAP_SYS_TIME.
    static var time: String {
        """
        adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
        clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create
        timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create
        timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times
        """
    }

    /// Signals.
    static var signals: String {
        """
        kill pause pidfd_send_signal restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
        rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd
        signalfd4 sigprocmask sigreturn tgkill tkill
        """
    }

    /// User, group, session and capability identity.
    static var identity: String {
        """
        capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp
        getpid getppid getresgid getresgid32 getresuid getresuid32 getsid gettid getuid getuid32 setfsgid setfsgid32
        setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setregid setregid32 setresgid setresgid32
        setresuid setresuid32 setreuid setreuid32 setsid setuid setuid32
        """
    }

    /// Extended attributes.
    static var extendedAttributes: String {
        """
        fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat llistxattr
        lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat
        """
    }

    /// Waiting for many descriptors.
    static var waiting: String {
        """
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
        eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel
        io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit _newselect poll ppoll
        ppoll_time64 pselect6 pselect6_time64 select
        """
    }

    /// Memory.
    static var memory: String {
        """
        brk cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall
        mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
        process_mrelease remap_file_pages
        """
    }

    /// Processes, threads, their scheduling and limits.
    static var processes: String {
        """
        execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake
        get_robust_list get_thread_area getcpu getpriority getrandom getrlimit getrusage ioprio_get ioprio_set
        landlock_add_rule landlock_create_ruleset landlock_restrict_self pidfd_open prctl prlimit64 rseq
        sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr
        sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_thread_area set_tid_address
        setpriority setrlimit sysinfo ugetrlimit uname uretprobe vfork wait4 waitid waitpid
        """
    }

    /// Names, links, modes, owners and times of files.
    static var metadata: String {
        """
        access chdir chmod chown chown32 faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchown32
        fchownat fstat fstat64 fstatat64 fstatfs fstatfs64 ftruncate ftruncate64 futimesat getcwd getdents
        getdents64 lchown lchown32 link linkat listmount lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at
        newfstatat readlink readlinkat rename renameat renameat2 rmdir stat stat64 statfs statfs64 statmount statx
        symlink symlinkat truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes
        """
    }

    /// Opening, reading and writing.
    static var files: String {
        """
        close close_range copy_file_range creat dup dup2 dup3 fadvise64 fadvise64_64 fallocate fcntl fcntl64
        fdatasync flock fsync ioctl _llseek lseek open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64
        pwritev pwritev2 read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee vmsplice
        write writev
        """
    }
}
