// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// The floor: a program that makes a container with bare system calls, checks nothing and can do nothing else. It does what a
// launch cannot do without: control groups, one clone with the namespaces, the mounts, devices, masks, pivot_root, loopback,
// capabilities, the seccomp program, execve, waiting, and the removal of the groups. What a runtime takes longer than this, it
// spends on its own account.
//
// usage: floor PLAN COUNT      prints the time of each launch, from before the groups are made to after they are removed, in
//                              milliseconds, one a line
//
// PLAN has one step a line, its words separated by tabs:
//   cgroup DIRECTORY                     a parent group; the container's is made below it
//   namespaces FLAGS                     the CLONE_NEW* flags, a decimal number
//   root DIRECTORY                       the root file system
//   mount TYPE TARGET ATTRIBUTES OPTIONS a new file system; MOUNT_ATTR_* as a decimal number; options k=v,flag or -
//   node PATH MAJOR MINOR                a character device
//   link PATH DESTINATION                a symbolic link
//   directory PATH                       a directory
//   mask PATH / readonly PATH            covered by an empty tmpfs entry / made read-only; a missing path is passed over
//   hostname NAME
//   loopback
//   filter FILE                          a seccomp program, struct sock_filter after struct sock_filter
//   execute PATH

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_STEPS = 1024, MAX_GROUPS = 32, STACK = 256 * 1024 };
// docker's fourteen capabilities.
#define DOCKER_CAPABILITIES 0xa80425fbull

struct step {
    char kind;
    char *words[5];
    unsigned long numbers[3];
};

static struct step steps[MAX_STEPS];
static int step_count;
static char *groups[MAX_GROUPS];
static int group_count;
static int group_directories[MAX_GROUPS];
static int group_members[MAX_GROUPS];
static unsigned long namespaces;
static char *root_path, *program;
static struct sock_fprog filter;
static char stack[STACK] __attribute__((aligned(16)));

static void fail(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static long ensure(long result, const char *what) {
    if (result < 0) fail(what);
    return result;
}

static void read_filter(const char *path) {
    int descriptor = (int)ensure(open(path, O_RDONLY), path);
    struct stat status;
    ensure(fstat(descriptor, &status), path);
    filter.filter = malloc((size_t)status.st_size);
    if (read(descriptor, filter.filter, (size_t)status.st_size) != status.st_size) fail(path);
    filter.len = (unsigned short)(status.st_size / (long)sizeof(struct sock_filter));
    close(descriptor);
}

static void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    static char line[65536];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *rest = strdup(line), *kind = strsep(&rest, "\t");
        struct step step = {0};
        for (int index = 0; index < 5 && rest; index++) step.words[index] = strsep(&rest, "\t");
        if (!strcmp(kind, "cgroup")) { groups[group_count++] = step.words[0]; continue; }
        if (!strcmp(kind, "namespaces")) { namespaces = strtoul(step.words[0], NULL, 10); continue; }
        if (!strcmp(kind, "filter")) { read_filter(step.words[0]); continue; }
        if (!strcmp(kind, "root")) { root_path = step.words[0]; continue; }
        if (!strcmp(kind, "execute")) { program = step.words[0]; continue; }
        step.kind = !strcmp(kind, "mask") ? 'k' : !strcmp(kind, "loopback") ? 'o' : kind[0];
        if (step.kind == 'm') step.numbers[0] = strtoul(step.words[2], NULL, 10);
        if (step.kind == 'n') {
            step.numbers[0] = strtoul(step.words[1], NULL, 10);
            step.numbers[1] = strtoul(step.words[2], NULL, 10);
        }
        steps[step_count++] = step;
    }
    fclose(file);
}

static int in_root(int root, const char *path, uint64_t flags) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/// The directory that `path` is in, and the last name in `*name`.
static int parent_of(int root, const char *path, const char **name) {
    char directory[4096];
    strcpy(directory, path);
    char *slash = strrchr(directory, '/');
    *name = path + (slash - directory) + 1;
    *slash = 0;
    return (int)ensure(in_root(root, *directory ? directory : "/", O_DIRECTORY), path);
}

static int target(int root, const char *path) {
    int descriptor = in_root(root, path, O_DIRECTORY);
    if (descriptor >= 0) return descriptor;
    const char *name;
    int parent = parent_of(root, path, &name);
    ensure(mkdirat(parent, name, 0755), path);
    close(parent);
    return (int)ensure(in_root(root, path, O_DIRECTORY), path);
}

static void attach(int mount, int at, const char *what) {
    ensure(syscall(SYS_move_mount, mount, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), what);
}

static int new_file_system(const char *type, const char *options, unsigned long attributes) {
    int context = (int)ensure(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), type);
    char list[4096];
    strcpy(list, options);
    char *rest = strcmp(list, "-") ? list : NULL;
    while (rest) {
        char *key = strsep(&rest, ","), *value = strchr(key, '=');
        if (value) *value++ = 0;
        ensure(syscall(SYS_fsconfig, context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0), options);
    }
    ensure(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
    int mount = (int)ensure(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), type);
    close(context);
    return mount;
}

static void cover(int masks, int root, const char *path) {
    int at = in_root(root, path, O_NOFOLLOW);
    if (at < 0) return;
    struct stat status;
    ensure(fstat(at, &status), path);
    int copy = (int)ensure(syscall(SYS_open_tree, masks, S_ISDIR(status.st_mode) ? "d" : "f", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), path);
    attach(copy, at, path);
    close(copy);
    close(at);
}

static void make_read_only(int root, const char *path) {
    int at = in_root(root, path, O_NOFOLLOW);
    if (at < 0) return;
    int copy = (int)ensure(syscall(SYS_open_tree, at, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE), path);
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    ensure(syscall(SYS_mount_setattr, copy, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes), path);
    attach(copy, at, path);
    close(copy);
    close(at);
}

static void become_confined(void) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (!(DOCKER_CAPABILITIES >> capability & 1)) ensure(prctl(PR_CAPBSET_DROP, capability), "PR_CAPBSET_DROP");
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    data[0].effective = data[0].permitted = (uint32_t)DOCKER_CAPABILITIES;
    gid_t none = 0;
    ensure(syscall(SYS_setgroups, 1, &none), "setgroups");
    ensure(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
    ensure(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
    ensure(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
    ensure(syscall(SYS_capset, &header, data), "capset");
    ensure(syscall(SYS_close_range, 3, ~0u, 0), "close_range");
    if (filter.len) ensure(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter), "seccomp");
}

static void run_step(const struct step *step, int root, int masks) {
    const char *name;
    int parent;
    switch (step->kind) {
    case 'm': {
        int mount = new_file_system(step->words[0], step->words[3], step->numbers[0]), at = target(root, step->words[1]);
        attach(mount, at, step->words[1]);
        close(mount);
        close(at);
        break;
    }
    case 'n':
        parent = parent_of(root, step->words[0], &name);
        ensure(mknodat(parent, name, S_IFCHR | 0666, makedev(step->numbers[0], step->numbers[1])), step->words[0]);
        close(parent);
        break;
    case 'l':
        parent = parent_of(root, step->words[0], &name);
        ensure(symlinkat(step->words[1], parent, name), step->words[0]);
        close(parent);
        break;
    case 'd': close(target(root, step->words[0])); break;
    case 'k': cover(masks, root, step->words[0]); break;
    case 'r': make_read_only(root, step->words[0]); break;
    case 'h': ensure(sethostname(step->words[0], strlen(step->words[0])), "sethostname"); break;
    case 'o': {
        struct ifreq request = {.ifr_name = "lo"};
        request.ifr_flags = IFF_UP;
        int socket_ = (int)ensure(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
        ensure(ioctl(socket_, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
        close(socket_);
        break;
    }
    }
}

static int container(void *nothing) {
    (void)nothing;
    for (int index = 0; index < group_count; index++)
        if (write(group_members[index], "0", 1) != 1) fail("cgroup.procs");
    ensure(unshare(CLONE_NEWCGROUP), "unshare");
    ensure(setsid(), "setsid");
    struct mount_attr slave = {.propagation = 1 << 19};
    ensure(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &slave, sizeof slave), "mount_setattr");
    int root = (int)ensure(syscall(SYS_open_tree, AT_FDCWD, root_path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE), root_path);
    ensure(syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
    int masks = new_file_system("tmpfs", "-", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    ensure(mkdirat(masks, "d", 0555), "mkdirat");
    ensure(mknodat(masks, "f", S_IFREG | 0444, 0), "mknodat");
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    ensure(syscall(SYS_mount_setattr, masks, "", AT_EMPTY_PATH, &read_only, sizeof read_only), "mount_setattr");
    for (int index = 0; index < step_count; index++) run_step(&steps[index], root, masks);
    ensure(fchdir(root), "fchdir");
    ensure(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    ensure(syscall(SYS_umount2, "/..", 2), "umount2");
    ensure(chdir("/"), "chdir");
    become_confined();
    char *arguments[] = {program, NULL}, *environment[] = {"PATH=/usr/bin:/bin", NULL};
    execve(program, arguments, environment);
    fail(program);
    return 1;
}

static void make_groups(void) {
    for (int index = 0; index < group_count; index++) {
        int parent = (int)ensure(open(groups[index], O_PATH | O_DIRECTORY | O_CLOEXEC), groups[index]);
        ensure(mkdirat(parent, "skiff-floor", 0755), groups[index]);
        int group = (int)ensure(openat(parent, "skiff-floor", O_PATH | O_DIRECTORY | O_CLOEXEC), groups[index]);
        if (strstr(groups[index], "cpuset"))
            for (int file = 0; file < 2; file++) {
                const char *name = file ? "cpuset.mems" : "cpuset.cpus";
                char value[256];
                int source = openat(parent, name, O_RDONLY | O_CLOEXEC);
                if (source < 0) continue;
                long size = read(source, value, sizeof value);
                int destination = (int)ensure(openat(group, name, O_WRONLY | O_CLOEXEC), name);
                if (write(destination, value, (size_t)size) != size) fail(name);
                close(source);
                close(destination);
            }
        group_members[index] = (int)ensure(openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC), "cgroup.procs");
        close(group);
        group_directories[index] = parent;
    }
}

static void remove_groups(void) {
    for (int index = 0; index < group_count; index++) {
        close(group_members[index]);
        while (unlinkat(group_directories[index], "skiff-floor", AT_REMOVEDIR) < 0)
            if (errno != EBUSY && errno != EINTR) fail("rmdir");
        close(group_directories[index]);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: floor PLAN COUNT\n");
        return 2;
    }
    read_plan(arguments[1]);
    for (int launch = atoi(arguments[2]); launch > 0; launch--) {
        double start = now();
        make_groups();
        int pidfd = -1;
        // The child shares our memory until execve, on a stack of its own.
        ensure(clone(container, stack + STACK, (int)(CLONE_VM | CLONE_VFORK | CLONE_PIDFD | namespaces | SIGCHLD), NULL, &pidfd), "clone");
        siginfo_t status;
        ensure(waitid(P_PIDFD, (id_t)pidfd, &status, WEXITED), "waitid");
        if (status.si_code != CLD_EXITED || status.si_status) {
            fprintf(stderr, "floor: the program ended with %d\n", status.si_status);
            return 1;
        }
        close(pidfd);
        remove_groups();
        printf("%.4f\n", now() - start);
    }
    return 0;
}
