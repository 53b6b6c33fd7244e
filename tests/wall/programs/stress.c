/* Many things at once, each of which must end as without the wall: `stress ROUNDS FOLDER`.
 *
 * Threads that open files and allocate, while others fork, vfork and spawn, and while a timer's signal, on a small stack
 * of its own, opens files too. Says how much of each was done; a wall that waits for a lock never says it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int rounds;
static char file[4096];
static volatile sig_atomic_t signals;

static void on_timer(int number) {
    int open_file = open(file, O_RDONLY);
    (void)number;
    if (open_file >= 0) close(open_file);
    signals = 1;
}

static void *opens(void *given) {
    long failed = 0;
    for (int at = 0; at < rounds * 20; at++) {
        char *memory = malloc((size_t)(at % 5000) + 1);
        int open_file = open(at % 2 ? file : "/etc/hostname", O_RDONLY | O_CLOEXEC);
        FILE *stream = fopen(file, "r");
        if (open_file < 0 || !stream) failed++;
        if (open_file >= 0) close(open_file);
        if (stream) fclose(stream);
        free(memory);
    }
    return (void *)(failed + (given ? 0 : 0));
}

static long waited(pid_t child) {
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0) continue;
    return child < 0 || status != 0;
}

static void *starts(void *given) {
    char *words[] = {"true", NULL}, *environment[] = {"A=b", NULL};
    long failed = 0;
    for (int at = 0; at < rounds; at++) {
        pid_t child = fork();
        if (!child) {
            int open_file = open(file, O_RDONLY);
            close(open_file);
            if (at % 2) execve("/bin/true", words, environment);
            _exit(open_file < 0);
        }
        failed += waited(child);
        child = vfork();
        if (!child) {
            execve("/bin/true", words, environment);
            _exit(1);
        }
        failed += waited(child);
        child = vfork();
        if (!child) {
            execve("/no/such/program", words, environment);
            _exit(0);
        }
        failed += waited(child);
        child = -1;
        if (posix_spawn(&child, "/bin/true", NULL, NULL, words, environment)) child = -1;
        failed += waited(child);
    }
    return (void *)(failed + (given ? 0 : 0));
}

int main(int count, char **words) {
    pthread_t threads[6];
    long failed = 0;
    static char stack[16384];
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART | SA_ONSTACK};
    struct itimerval every = {{0, 500}, {0, 500}};
    if (count < 3) return 2;
    rounds = atoi(words[1]);
    snprintf(file, sizeof file, "%s/file", words[2]);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    sigaltstack(&own, NULL);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    for (int at = 0; at < 6; at++) pthread_create(&threads[at], NULL, at % 2 ? starts : opens, NULL);
    for (int at = 0; at < 6; at++) {
        void *answer = NULL;
        pthread_join(threads[at], &answer);
        failed += (long)answer;
    }
    memset(&every, 0, sizeof every);
    setitimer(ITIMER_REAL, &every, NULL);
    printf("failed %ld, signalled %d\n", failed, (int)signals);
    return failed != 0;
}
