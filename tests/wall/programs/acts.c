/* Does one thing to the world by one call: `acts CALL TARGET [MARK]`. Says "done", or the number of the error. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>
#include <wordexp.h>

extern char **environ;
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
int __open(const char *path, int flags, ...);

static char *target, *mark;
static char *nothing[] = {NULL};

static int shown(int file) {
    char bytes[64];
    ssize_t length;
    if (file < 0) return -1;
    length = read(file, bytes, sizeof bytes);
    if (length > 0) fwrite(bytes, 1, (size_t)length, stdout);
    close(file);
    return 0;
}
static int shown_stream(FILE *stream) { return stream ? shown(fileno(stream)) : -1; }
static int closed(int file) { return file < 0 ? -1 : close(file); }

/* The folder of the target, open, and the target's name in it. */
static int folder(char **name) {
    char *slash = strrchr(target, '/');
    int file;
    *slash = 0;
    file = open(target, O_PATH | O_DIRECTORY);
    *slash = '/';
    *name = slash + 1;
    return file;
}

static int by_open(void) { return shown(open(target, O_RDONLY)); }
static int by_open64(void) { return shown(open64(target, O_RDONLY)); }
static int by_open_2(void) { return shown(__open_2(target, O_RDONLY)); }
static int by_open64_2(void) { return shown(__open64_2(target, O_RDONLY)); }
static int by_openat_2(void) { return shown(__openat_2(AT_FDCWD, target, O_RDONLY)); }
static int by_openat64_2(void) { return shown(__openat64_2(AT_FDCWD, target, O_RDONLY)); }
static int by_openat64(void) { return shown(openat64(AT_FDCWD, target, O_RDONLY)); }
static int by_freopen64(void) { return shown_stream(freopen64(target, "r", stdin)); }
static int by_openat(void) { char *name; int at = folder(&name); return shown(openat(at, name, O_RDONLY)); }
static int by_fopen(void) { return shown_stream(fopen(target, "r")); }
static int by_fopen64(void) { return shown_stream(fopen64(target, "re")); }
static int by_freopen(void) { return shown_stream(freopen(target, "r", stdin)); }
static int by_link_and_open(void) {
    char *other = mark;
    if (symlink(target, other)) return -1;
    return shown(open(other, O_RDONLY));
}
static int by_syscall_openat(void) { return shown((int)syscall(SYS_openat, AT_FDCWD, target, O_RDONLY, 0)); }
static int by_syscall_openat2(void) {
    unsigned long long how[3] = {O_RDONLY, 0, 0};
    return shown((int)syscall(437, AT_FDCWD, target, how, sizeof how));
}
static int by_handle(void) {
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    int (*opens)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(libc, "open");
    return shown(opens(target, O_RDONLY));
}
/* By the version that older programs are linked to. */
static int by_version(void) {
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    int (*opens)(const char *, int, ...) = NULL;
    for (const char **version = (const char *[]){"GLIBC_2.2.5", "GLIBC_2.17", NULL}; *version && !opens; version++)
        opens = (int (*)(const char *, int, ...))dlvsym(libc, "open", *version);
    return shown(opens(target, O_RDONLY));
}
/* By a libc of its own, before which nothing stands. */
static int by_namespace_apart(void) {
    void *libc = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
    long (*calls)(long, ...) = libc ? (long (*)(long, ...))dlsym(libc, "syscall") : NULL;
    return calls ? shown((int)calls(SYS_openat, AT_FDCWD, target, O_RDONLY, 0)) : (errno = EACCES, -1);
}
static int by_namespace(void) {
    void *libc = dlmopen(LM_ID_BASE, "libc.so.6", RTLD_NOW);
    long (*calls)(long, ...) = (long (*)(long, ...))dlsym(libc, "syscall");
    return shown((int)calls(SYS_openat, AT_FDCWD, target, O_RDONLY, 0));
}

/* The target is the folder's: the name is drawn. */
static char *drawn(void) { static char name[4096]; snprintf(name, sizeof name, "%s-XXXXXX", target); return name; }
static int by_mkstemp(void) { return closed(mkstemp(drawn())); }
static int by_mkostemp(void) { return closed(mkostemp(drawn(), O_CLOEXEC)); }
static int by_mkstemps(void) { return closed(mkstemps(strcat(drawn(), ".x"), 2)); }
static int by_mkdtemp(void) { return mkdtemp(drawn()) ? 0 : -1; }

static int by_creat(void) { return closed(creat(target, 0600)); }
static int by_open_new(void) { return closed(open(target, O_WRONLY | O_CREAT | O_EXCL, 0600)); }
static int by_fopen_new(void) { FILE *stream = fopen(target, "w"); return stream ? fclose(stream) : -1; }
static int by_openat_new(void) {
    char *name;
    int at = folder(&name);
    return closed(openat(at, name, O_WRONLY | O_CREAT, 0600));
}
static int by_syscall_new(void) {
    return closed((int)syscall(SYS_openat, AT_FDCWD, target, O_WRONLY | O_CREAT, 0600));
}
static int by_mkdir(void) { return mkdir(target, 0700); }
static int by_mkfifo(void) { return mkfifo(target, 0600); }
static int by_rename_to(void) { return rename(mark, target); }
static int by_link_to(void) { return link(mark, target); }
static int by_symlink_to(void) { return symlink(mark, target); }

static int by_open_alias(void) { return closed(__open(target, O_WRONLY | O_CREAT, 0600)); }
static int by_mknod(void) { return mknod(target, S_IFREG | 0600, 0); }
/* By the name that older programs are linked to. */
static int by_xmknod(void) {
    int (*make)(int, const char *, mode_t, dev_t *) = (int (*)(int, const char *, mode_t, dev_t *))dlsym(RTLD_DEFAULT, "__xmknod");
    dev_t device = 0;
    return make(0, target, S_IFREG | 0600, &device);
}
static int by_mkfifoat(void) { char *name; int at = folder(&name); return mkfifoat(at, name, 0600); }
static int by_link_followed(void) { return linkat(AT_FDCWD, mark, AT_FDCWD, target, AT_SYMLINK_FOLLOW); }

/* The same by their numbers: `syscall_NAME`. */
static const struct timeval long_ago[2] = {{1000, 0}, {1000, 0}};
static const struct timespec long_past[2] = {{1000, 0}, {1000, 0}};
#define BY_NUMBER(name, ...) static int by_syscall_##name(void) { return (int)syscall(SYS_##name, __VA_ARGS__); }
BY_NUMBER(mkdirat, AT_FDCWD, target, 0700)
BY_NUMBER(mknodat, AT_FDCWD, target, S_IFREG | 0600, 0)
BY_NUMBER(linkat, AT_FDCWD, mark, AT_FDCWD, target, 0)
BY_NUMBER(symlinkat, mark, AT_FDCWD, target)
BY_NUMBER(renameat2, AT_FDCWD, mark, AT_FDCWD, target, 0)
BY_NUMBER(truncate, target, 0)
BY_NUMBER(fchmodat, AT_FDCWD, target, 0)
BY_NUMBER(utimensat, AT_FDCWD, target, long_past, 0)
#ifdef SYS_mkdir
BY_NUMBER(mkdir, target, 0700)
BY_NUMBER(mknod, target, S_IFREG | 0600, 0)
BY_NUMBER(link, mark, target)
BY_NUMBER(symlink, mark, target)
BY_NUMBER(rename, mark, target)
BY_NUMBER(unlink, target)
BY_NUMBER(chmod, target, 0)
BY_NUMBER(utimes, target, long_ago)
#define OLD_NUMBERS CALL(syscall_mkdir), CALL(syscall_mknod), CALL(syscall_link), CALL(syscall_symlink), \
    CALL(syscall_rename), CALL(syscall_unlink), CALL(syscall_chmod), CALL(syscall_utimes),
#else
#define OLD_NUMBERS
#endif
static int by_utime(void) { struct utimbuf times = {1000, 1000}; return utime(target, &times); }
static int by_utimes(void) { return utimes(target, long_ago); }
static int by_utimensat(void) { return utimensat(AT_FDCWD, target, long_past, 0); }

static int by_lutimes(void) { return lutimes(target, long_ago); }
static int by_futimesat(void) { return futimesat(AT_FDCWD, target, long_ago); }
static int by_chown(void) { return chown(target, 1, 1); }
static int by_lchown(void) { return lchown(target, 1, 1); }
static int by_fchownat(void) { return fchownat(AT_FDCWD, target, 1, 1, 0); }
static int by_setxattr(void) { return setxattr(target, "user.other", "x", 1, 0); }
static int by_lsetxattr(void) { return lsetxattr(target, "user.other", "x", 1, 0); }
static int by_removexattr(void) { return removexattr(target, "user.mark"); }
static int by_lremovexattr(void) { return lremovexattr(target, "user.mark"); }
static int by_rmdir(void) { return rmdir(target); }
static int by_renameat(void) { return renameat(AT_FDCWD, target, AT_FDCWD, mark); }
static int by_unlink(void) { return unlink(target); }
static int by_unlinkat(void) { char *name; int at = folder(&name); return unlinkat(at, name, 0); }
static int by_remove(void) { return remove(target); }
static int by_rename(void) { return rename(target, mark); }
static int by_renameat2(void) { return renameat2(AT_FDCWD, target, AT_FDCWD, mark, 0); }
static int by_syscall_unlinkat(void) { return (int)syscall(SYS_unlinkat, AT_FDCWD, target, 0); }
static int by_truncate(void) { return truncate(target, 0); }
static int by_open_empty(void) { return closed(open(target, O_WRONLY | O_TRUNC)); }
static int by_chmod(void) { return chmod(target, 0); }
static int by_fchmodat(void) { return fchmodat(AT_FDCWD, target, 0, 0); }

/* By a descriptor that was opened to be read. */
#define OPENED(call) int file = open(target, O_RDONLY); return file < 0 ? -1 : call
static int by_fchmod(void) { OPENED(fchmod(file, 0)); }
static int by_fchown(void) { OPENED(fchown(file, -1, 12345)); }
static int by_futimens(void) { OPENED(futimens(file, long_past)); }
static int by_futimes(void) { struct timeval past[2] = {{9, 0}, {9, 0}}; OPENED(futimes(file, past)); }
static int by_syscall_utimensat_opened(void) { OPENED(syscall(SYS_utimensat, file, NULL, long_past, 0)); }
static int by_fchownat_opened(void) { OPENED(fchownat(file, "", -1, 12345, AT_EMPTY_PATH)); }
static int by_syscall_fchmod(void) { OPENED(syscall(SYS_fchmod, file, 0)); }
static int by_syscall_fchown(void) { OPENED(syscall(SYS_fchown, file, -1, 12345)); }
static int by_fsetxattr(void) { OPENED(fsetxattr(file, "user.x", "1", 1, 0)); }
/* What changes nothing, and what has no name. */
static int by_fchmod_same(void) { struct stat now; int file = open(target, O_RDONLY); fstat(file, &now);
    return fchmod(file, now.st_mode & 07777); }
static int by_fchmod_nameless(void) { int file = open(mark, O_TMPFILE | O_RDWR, 0600); return fchmod(file, 0); }
static int by_fchmod_in_memory(void) { int file = memfd_create("x", 0); return fchmod(file, 0) || ftruncate(file, 9); }
static int by_ftruncate(void) { int file = open(target, O_WRONLY); return file < 0 ? -1 : ftruncate(file, 0); }

/* Starts in a child; an exec that comes back says why. */
static int after(pid_t child) {
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0) return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return -1;
}
#define IN_CHILD(fork, call) pid_t child = fork(); if (!child) { call; _exit(errno); } return after(child)
#define WORDS char *words[] = {target, mark, NULL}

static int by_execve(void) { WORDS; IN_CHILD(fork, execve(target, words, environ)); }
static int by_execv(void) { WORDS; IN_CHILD(fork, execv(target, words)); }
static int by_execvp(void) { WORDS; IN_CHILD(fork, execvp(target, words)); }
static int by_execvpe(void) { WORDS; IN_CHILD(fork, execvpe(target, words, nothing)); }
static int by_execl(void) { IN_CHILD(fork, execl(target, target, mark, (char *)NULL)); }
static int by_execl_long(void) {
    IN_CHILD(fork, execl(target, target, mark, "2", "3", "4", "5", "6", "7", "8", "9", (char *)NULL));
}
static int by_execlp(void) { IN_CHILD(fork, execlp(target, target, mark, (char *)NULL)); }
static int by_execle(void) { IN_CHILD(fork, execle(target, target, mark, (char *)NULL, nothing)); }
static int by_execle_long(void) {
    IN_CHILD(fork, execle(target, target, mark, "2", "3", "4", "5", "6", "7", "8", (char *)NULL, nothing));
}
static int by_execveat(void) { WORDS; IN_CHILD(fork, execveat(AT_FDCWD, target, words, nothing, 0)); }
static int by_fexecve(void) {
    WORDS;
    int file = open(target, O_RDONLY);
    if (file < 0) return -1;
    IN_CHILD(fork, fexecve(file, words, nothing));
}
static int by_vfork(void) { WORDS; IN_CHILD(vfork, execve(target, words, nothing)); }
static int by_syscall_execve(void) { WORDS; IN_CHILD(fork, syscall(SYS_execve, target, words, nothing)); }
static int by_posix_spawn(void) {
    WORDS;
    pid_t child = 0;
    errno = posix_spawn(&child, target, NULL, NULL, words, nothing);
    return errno ? -1 : after(child);
}
static int by_posix_spawnp(void) {
    WORDS;
    pid_t child = 0;
    errno = posix_spawnp(&child, target, NULL, NULL, words, environ);
    return errno ? -1 : after(child);
}
/* A program whose input is one end of a connection, or of a pair of sockets. */
static int fed(int end) {
    WORDS;
    pid_t child = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, end, 200);
    posix_spawn_file_actions_adddup2(&actions, 200, 0);
    errno = posix_spawn(&child, target, &actions, NULL, words, environ);
    return errno ? -1 : after(child);
}
static int by_fed_by_connection(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int waiting = socket(AF_INET, SOCK_STREAM, 0), ours = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(waiting, (void *)&at, size) || listen(waiting, 1)) return -1;
    getsockname(waiting, (void *)&at, &size);
    return connect(ours, (void *)&at, size) ? -1 : fed(ours);
}
static int by_fed_by_pair(void) {
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) ? -1 : fed(ends[0]);
}
static char *command(void) {
    static char text[4096];
    snprintf(text, sizeof text, "%s %s", target, mark);
    return text;
}
static int ended(int status) {
    if (status == 0) return 0;
    errno = EACCES;
    return -1;
}
static int by_system(void) { return ended(system(command())); }
static int by_system_cleared(void) { clearenv(); return ended(system(command())); }
static int by_popen(void) { FILE *stream = popen(command(), "r"); return ended(stream ? pclose(stream) : -1); }

static struct sockaddr_in address(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(target))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return to;
}
static int by_connect(void) {
    struct sockaddr_in to = address();
    int file = socket(AF_INET, SOCK_STREAM, 0);
    return connect(file, (struct sockaddr *)&to, sizeof to) ? -1 : (int)-(write(file, "x", 1) != 1);
}
static int by_syscall_connect(void) {
    struct sockaddr_in to = address();
    int file = socket(AF_INET, SOCK_STREAM, 0);
    return (int)syscall(SYS_connect, file, &to, sizeof to);
}
static int by_mapped(void) {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)atoi(target))};
    int file = socket(AF_INET6, SOCK_STREAM, 0);
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.sin6_addr);
    return connect(file, (struct sockaddr *)&to, sizeof to);
}
static int by_sendto(void) {
    struct sockaddr_in to = address();
    int file = socket(AF_INET, SOCK_DGRAM, 0);
    return (int)-(sendto(file, "x", 1, 0, (struct sockaddr *)&to, sizeof to) != 1);
}
static int by_syscall_sendto(void) {
    struct sockaddr_in to = address();
    int file = socket(AF_INET, SOCK_DGRAM, 0);
    return (int)-(syscall(SYS_sendto, file, "x", 1L, 0L, &to, sizeof to) != 1);
}
static int by_sendmsg(void) {
    struct sockaddr_in to = address();
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    return (int)-(sendmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 0) != 1);
}
static int by_sendmmsg(void) {
    struct sockaddr_in to = address();
    struct iovec part = {"x", 1};
    struct mmsghdr messages[2] = {0};
    for (int at = 0; at < 2; at++) {
        messages[at].msg_hdr = (struct msghdr){
            .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    }
    return sendmmsg(socket(AF_INET, SOCK_DGRAM, 0), messages, 2, 0) == 2 ? 0 : -1;
}
static int by_bind(void) {
    struct sockaddr_in at = address();
    return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&at, sizeof at);
}

/* A family of 0, which the kernel takes for IPv4's. */
static int by_sendto_unspecified(void) {
    struct sockaddr_in to = address();
    to.sin_family = AF_UNSPEC;
    return (int)-(sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&to, sizeof to) != 1);
}
static int by_syscall_sendmsg(void) {
    struct sockaddr_in to = address();
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    return (int)-(syscall(SYS_sendmsg, socket(AF_INET, SOCK_DGRAM, 0), &message, 0) != 1);
}
static int by_syscall_sendmmsg(void) {
    struct sockaddr_in to = address();
    struct iovec part = {"x", 1};
    struct mmsghdr message = {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1}};
    return syscall(SYS_sendmmsg, socket(AF_INET, SOCK_DGRAM, 0), &message, 1, 0) == 1 ? 0 : -1;
}
static int by_listen(void) { return listen(socket(AF_INET, SOCK_STREAM, 0), 1); }
static int by_syscall_listen(void) { return (int)syscall(SYS_listen, socket(AF_INET, SOCK_STREAM, 0), 1); }
static int by_bind_and_listen(void) {
    struct sockaddr_in at = address();
    int file = socket(AF_INET, SOCK_STREAM, 0);
    return bind(file, (struct sockaddr *)&at, sizeof at) || listen(file, 1);
}
/* The target is the protocol: 0 is what libc itself asks by. */
static int by_netlink(void) { return closed(socket(AF_NETLINK, SOCK_DGRAM, atoi(target))); }
static int by_syscall_netlink(void) { return closed((int)syscall(SYS_socket, AF_NETLINK, SOCK_DGRAM, atoi(target))); }

static int by_getaddrinfo(void) {
    struct addrinfo *found = NULL;
    int answer = getaddrinfo(target, "80", NULL, &found);
    if (answer) errno = -answer;
    return answer ? -1 : 0;
}
static int by_gethostbyname(void) {
    if (gethostbyname(target)) return 0;
    errno = h_errno;
    return -1;
}
static int by_gethostbyname_r(void) {
    struct hostent entry, *found = NULL;
    char room[4096];
    gethostbyname_r(target, &entry, room, sizeof room, &found, &errno);
    return found ? 0 : -1;
}

static int by_getaddrinfo_a(void) {
    struct gaicb request = {.ar_name = target}, *list[] = {&request};
    int answer = getaddrinfo_a(GAI_WAIT, list, 1, NULL);
    if (!answer) answer = gai_error(&request);
    if (answer) errno = -answer;
    return answer ? -1 : 0;
}
static int by_res_query(void) { unsigned char room[512]; return res_query(target, 1, 1, room, sizeof room) < 0 ? -1 : 0; }
static int by_res_search(void) { unsigned char room[512]; return res_search(target, 1, 1, room, sizeof room) < 0 ? -1 : 0; }
static int by_res_nquery(void) {
    struct __res_state state = {0};
    unsigned char room[512];
    res_ninit(&state);
    return res_nquery(&state, target, 1, 1, room, sizeof room) < 0 ? -1 : 0;
}
static int by_res_send(void) {
    unsigned char query[512], room[512];
    int length = res_mkquery(0, target, 1, 1, NULL, 0, NULL, query, sizeof query);
    return res_send(query, length, room, sizeof room) < 0 ? -1 : 0;
}
/* The name of an address. */
static int by_getnameinfo(void) {
    struct sockaddr_in of = {.sin_family = AF_INET};
    char room[256];
    int answer;
    inet_pton(AF_INET, target, &of.sin_addr);
    answer = getnameinfo((struct sockaddr *)&of, sizeof of, room, sizeof room, NULL, 0, 0);
    if (answer) errno = -answer;
    return answer ? -1 : 0;
}
static int by_numeric_name(void) {
    struct sockaddr_in of = {.sin_family = AF_INET};
    char room[256];
    inet_pton(AF_INET, target, &of.sin_addr);
    return getnameinfo((struct sockaddr *)&of, sizeof of, room, sizeof room, NULL, 0, NI_NUMERICHOST) ? -1 : 0;
}
static int by_gethostbyaddr(void) {
    struct in_addr of;
    inet_pton(AF_INET, target, &of);
    if (gethostbyaddr(&of, sizeof of, AF_INET)) return 0;
    errno = h_errno;
    return -1;
}
static int by_gethostbyaddr_r(void) {
    struct hostent entry, *found = NULL;
    struct in_addr of;
    char room[4096];
    inet_pton(AF_INET, target, &of);
    gethostbyaddr_r(&of, sizeof of, AF_INET, &entry, room, sizeof room, &found, &errno);
    return found ? 0 : -1;
}
/* Words with a command in them; without one where the target is empty. */
static int by_wordexp(void) {
    char words[4096];
    wordexp_t found;
    snprintf(words, sizeof words, *target ? "$(%s %s)" : "~ *.none", target, mark);
    errno = wordexp(words, &found, 0);
    return errno ? -1 : 0;
}
/* A script of a drawn name, which is run. */
static int by_drawn_and_run(void) {
    char *path = drawn(), *words[] = {path, mark, NULL};
    int file = mkstemp(path);
    if (file < 0) return -1;
    dprintf(file, "#!/bin/sh\n: > \"$1\"\n");
    fchmod(file, 0700);
    close(file);
    IN_CHILD(fork, execve(path, words, environ));
}
/* Whether the wall's own memory can be had by its descriptors: how many there are, or 1 where one can. */
static int by_descriptors(void) {
    char path[64], name[64];
    int count = 0;
    for (int file = 3; file < 1024; file++) {
        ssize_t length;
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        length = readlink(path, name, sizeof name - 1);
        if (length < 0) continue;
        name[length] = 0;
        if (!strstr(name, "hauberk-wall")) continue;
        count++;
        if (pread(file, name, 8, 0) >= 0 || pwrite(file, "x", 1, 0) >= 0) return 0;
        if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0) != MAP_FAILED) return 0;
        if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED) return 0;
    }
    errno = 1000 + count;
    return -1;
}

static int by_dlopen(void) {
    if (dlopen(target, RTLD_NOW)) return 0;
    errno = dlerror() ? EACCES : EINVAL;
    return -1;
}
static int by_ring(void) {
    char room[256] = {0};
    return (int)syscall(425, 4, room) >= 0 ? 0 : -1;
}

#define CALL(name) {#name, by_##name}
static const struct { const char *name; int (*call)(void); } calls[] = {
    CALL(open), CALL(open64), CALL(open_2), CALL(openat), CALL(fopen), CALL(fopen64), CALL(freopen),
    CALL(link_and_open), CALL(syscall_openat), CALL(syscall_openat2), CALL(handle), CALL(namespace), CALL(creat),
    CALL(mkstemp), CALL(mkostemp), CALL(mkstemps), CALL(mkdtemp),
    CALL(open_new), CALL(fopen_new), CALL(openat_new), CALL(syscall_new), CALL(mkdir), CALL(mkfifo), CALL(rename_to),
    CALL(link_to), CALL(symlink_to), CALL(unlink), CALL(unlinkat), CALL(remove), CALL(rename), CALL(renameat2),
    CALL(syscall_unlinkat), CALL(truncate), CALL(open_empty), CALL(chmod), CALL(fchmodat), CALL(execve), CALL(execv),
    CALL(execvp), CALL(execvpe), CALL(execl), CALL(execl_long), CALL(execlp), CALL(execle), CALL(execle_long),
    CALL(execveat), CALL(fexecve), CALL(vfork), CALL(syscall_execve), CALL(posix_spawn), CALL(posix_spawnp),
    CALL(system), CALL(system_cleared), CALL(popen), CALL(connect), CALL(syscall_connect), CALL(mapped), CALL(sendto),
    CALL(syscall_sendto), CALL(sendmsg), CALL(sendmmsg), CALL(bind), CALL(getaddrinfo), CALL(gethostbyname),
    CALL(gethostbyname_r), CALL(dlopen), CALL(ring), CALL(open_alias), CALL(mknod), CALL(xmknod), CALL(mkfifoat),
    CALL(link_followed), CALL(syscall_mkdirat), CALL(syscall_mknodat), CALL(syscall_linkat), CALL(syscall_symlinkat),
    CALL(syscall_renameat2), CALL(syscall_truncate), CALL(syscall_fchmodat), CALL(syscall_utimensat), OLD_NUMBERS
    CALL(utime), CALL(utimes), CALL(utimensat), CALL(sendto_unspecified), CALL(syscall_sendmsg), CALL(syscall_sendmmsg),
    CALL(listen), CALL(syscall_listen), CALL(bind_and_listen), CALL(netlink), CALL(syscall_netlink),
    CALL(getaddrinfo_a), CALL(res_query), CALL(res_search), CALL(res_nquery), CALL(res_send), CALL(getnameinfo),
    CALL(numeric_name), CALL(gethostbyaddr), CALL(gethostbyaddr_r), CALL(wordexp), CALL(drawn_and_run),
    CALL(descriptors), CALL(open64_2), CALL(openat_2), CALL(openat64_2), CALL(openat64), CALL(freopen64), CALL(version),
    CALL(namespace_apart), CALL(lutimes), CALL(futimesat), CALL(chown), CALL(lchown), CALL(fchownat), CALL(setxattr),
    CALL(lsetxattr), CALL(removexattr), CALL(lremovexattr), CALL(rmdir), CALL(renameat),
    CALL(fed_by_connection), CALL(fed_by_pair),
    CALL(fchmod), CALL(fchown), CALL(futimens), CALL(futimes), CALL(syscall_utimensat_opened), CALL(fchownat_opened),
    CALL(syscall_fchmod), CALL(syscall_fchown), CALL(fsetxattr), CALL(fchmod_same), CALL(fchmod_nameless),
    CALL(fchmod_in_memory), CALL(ftruncate),
};

int main(int count, char **words) {
    target = count > 2 ? words[2] : "";
    mark = count > 3 ? words[3] : "";
    for (size_t at = 0; at < sizeof calls / sizeof *calls; at++) {
        if (strcmp(calls[at].name, words[1]) == 0) {
            errno = 0;
            if (calls[at].call() == 0) puts("done"); else printf("error %d\n", errno);
            return 0;
        }
    }
    return 2;
}
