/* Prints what calls cost, a name and nanoseconds of CPU on each line: `wall FOLDER [LIBRARY]`; with a library, more of
   them. A child's cost is its own too. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS 2000
#define CHILDREN 20
#define ROUNDS 15

extern char **environ;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double of(struct timeval time) { return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3; }

static double with_children(void) {
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    return now() + of(used.ru_utime) + of(used.ru_stime);
}

static void run(char *program) {
    char *words[] = {program, NULL};
    pid_t child;
    if (!posix_spawn(&child, program, NULL, NULL, words, environ)) waitpid(child, NULL, 0);
}

#define MEASURE_BY(clock, count, name, call)                  \
    do {                                                      \
        double best = 1e18;                                   \
        for (int round = 0; round < ROUNDS; round++) {        \
            double start = clock();                           \
            for (int at = 0; at < count; at++) call;          \
            double each = (clock() - start) / count;          \
            if (each < best) best = each;                     \
        }                                                     \
        printf("%s\t%.0f\n", name, best);                     \
    } while (0)
#define MEASURE(name, call) MEASURE_BY(now, CALLS, name, call)

static void look_up(const char *name, int flags) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = flags}, *found;
    if (!getaddrinfo(name, "80", &hints, &found)) freeaddrinfo(found);
}

static void more(char *file, char *missing, char *library) {
    struct sockaddr_in at = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(9)};
    int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    to.sin_addr.s_addr = at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MEASURE("rename, there and back", { rename(file, missing); rename(missing, file); });
    MEASURE("link and unlink", { link(file, missing); unlink(missing); });
    MEASURE("chmod", chmod(file, 0600));
    MEASURE("getaddrinfo, an address", look_up("127.0.0.1", AI_NUMERICHOST));
    MEASURE_BY(now, 200, "getaddrinfo, a name of /etc/hosts", look_up("localhost", 0));
    MEASURE("sendto", sendto(datagrams, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
    MEASURE("socket, bind and close", {
        int other = socket(AF_INET, SOCK_DGRAM, 0);
        bind(other, (struct sockaddr *)&at, sizeof at);
        close(other);
    });
    MEASURE_BY(now, 200, "dlopen and dlclose", {
        void *loaded = dlopen(library, RTLD_NOW);
        if (loaded) dlclose(loaded);
    });
}

int main(int count, char **words) {
    char file[4096], missing[4096];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    if (count < 2) return 2;
    snprintf(file, sizeof file, "%s/file", words[1]);
    snprintf(missing, sizeof missing, "%s/missing", words[1]);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    MEASURE("open and close, a file of the platform", close(open("/usr/bin/env", O_RDONLY)));
    MEASURE("open and close, to read", close(open(file, O_RDONLY)));
    MEASURE("open and close, to write", close(open(file, O_WRONLY)));
    MEASURE("open and close, made if need be", close(open(file, O_WRONLY | O_CREAT, 0600)));
    MEASURE("unlink, nothing there", unlink(missing));
    MEASURE("connect, datagrams", connect(datagrams, (struct sockaddr *)&to, sizeof to));
    MEASURE("connect, TCP, nobody there", {
        int stream = socket(AF_INET, SOCK_STREAM, 0);
        connect(stream, (struct sockaddr *)&to, sizeof to);
        close(stream);
    });
    if (count > 2) more(file, missing, words[2]);
    MEASURE_BY(with_children, CHILDREN, "start of a program, its life included", run("/usr/bin/true"));
    return 0;
}
