/* A library that acts for whoever loads it: each function does one thing to what it is given, and gives the number of the
   error, or 0. What is done here is done below a frame of this library, but where a jump leads to the C library. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *given;
static volatile int error;

static int told(long done) { return done < 0 ? errno : 0; }
static int ended(int status) { return status ? EACCES : 0; }

int writes(const char *path) {
    int file = open(path, O_CREAT | O_WRONLY, 0644);
    int number = told(file);
    if (file >= 0) close(file);
    return number;
}
int opens_to_write(const char *path) {
    int file = open(path, O_WRONLY);
    int number = told(file);
    if (file >= 0) { ftruncate(file, 0); close(file); }
    return number;
}
int streams(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) return errno;
    fclose(file);
    return 0;
}
int removes(const char *path) { return told(unlink(path)); }
int renames(const char *path) {
    char other[4096];
    snprintf(other, sizeof other, "%s.renamed", path);
    return told(rename(path, other));
}
int by_number(const char *path) { return told(syscall(SYS_mkdirat, AT_FDCWD, path, 0700)); }
int runs(const char *command) { return ended(system(command)); }
int pipes(const char *command) {
    FILE *stream = popen(command, "r");
    if (!stream) return errno;
    return ended(pclose(stream));
}
int spawns(const char *command) {
    char *words[] = {"sh", "-c", (char *)command, NULL};
    pid_t child;
    int status, number = posix_spawn(&child, "/bin/sh", NULL, NULL, words, environ);
    if (number) return number;
    waitpid(child, &status, 0);
    return ended(status);
}
static int in_child(int (*act)(const char *), const char *what, int is_light) {
    int status;
    pid_t child = is_light ? vfork() : fork();
    if (!child) _exit(act(what));
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}
static int becomes(const char *command) {
    execl("/bin/sh", "sh", "-c", command, NULL);
    return errno;
}
int forks(const char *command) { return in_child(becomes, command, 0); }
int forks_lightly(const char *command) { return in_child(becomes, command, 1); }
int looks_up(const char *name) {
    struct addrinfo *found;
    int answer = getaddrinfo(name, "80", NULL, &found);
    if (!answer) freeaddrinfo(found);
    return answer ? EACCES : 0;
}
int connects(const char *port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    int stream = socket(AF_INET, SOCK_STREAM, 0), number;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    number = told(connect(stream, (struct sockaddr *)&to, sizeof to));
    close(stream);
    return number;
}
int looks(const char *path) {
    int file = open(path, O_RDONLY);
    int number = told(file);
    if (file >= 0) close(file);
    return number;
}

static void *run(void *what) { error = writes(what); return NULL; }
int in_thread(const char *path) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, (void *)path);
    pthread_join(thread, NULL);
    return error;
}
static void handle(int signal) { error = writes(given); }
int in_handler(const char *path) {
    given = path;
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    return error;
}
int in_handler_apart(const char *path) {
    static char room[1 << 16];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    given = path;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    return error;
}
static int compare(const void *one, const void *other) { error = writes(given); return 0; }
int sorts(const char *path) {
    int items[] = {2, 1};
    given = path;
    qsort(items, 2, sizeof *items, compare);
    return error;
}
int looked_up(const char *path) {
    int (*make)(const char *, mode_t) = dlsym(RTLD_DEFAULT, "mkdir");
    return told(make(path, 0700));
}
/* It gives a function of the program the word to act. */
int through_program(const char *path) {
    int (*act)(const char *) = dlsym(RTLD_DEFAULT, "writes_itself");
    int number = act(path);
    return number;
}
/* Code that is of no file calls what it is given. */
int through_machine_code(const char *path) {
#ifdef __x86_64__
    unsigned char bytes[] = {0x48, 0x83, 0xEC, 8, 0xFF, 0xD2, 0x48, 0x83, 0xC4, 8, 0xC3}; /* sub, call rdx, add, ret */
#else
    unsigned bytes[] = {0xA9BF7BFD, 0xD63F0040, 0xA8C17BFD, 0xD65F03C0}; /* stp, blr x2, ldp, ret */
#endif
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return 0;
    memcpy(code, bytes, sizeof bytes);
    __builtin___clear_cache(code, (char *)code + sizeof bytes);
    long done = ((long (*)(const char *, mode_t, int (*)(const char *, mode_t)))code)(path, 0700, mkdir);
    return told(done);
}
/* The compiler makes a jump of this call. */
__attribute__((optimize("O2"))) int jumps(const char *command) { return system(command); }
int starts_thread_in_libc(const char *command) {
    pthread_t thread;
    pthread_create(&thread, NULL, (void *(*)(void *))system, (void *)command);
    pthread_join(thread, NULL);
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WHEN_LOADED");
    if (path) error = writes(path);
}
int was_refused(const char *path) { return error; }
