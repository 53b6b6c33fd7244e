/* Does nothing that is judged but one act, `first HOW FILE`: prints the first bytes of the file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *file;

static void show(void) {
    char bytes[64];
    int opened = open(file, O_RDONLY);
    ssize_t size = opened < 0 ? -1 : read(opened, bytes, sizeof bytes);
    if (size > 0) write(1, bytes, size);
}

static void handle(int number) {
    (void)number;
    show();
}

static void *run(void *nothing) {
    show();
    return nothing;
}

int main(int count, char **words) {
    pthread_t threads[8];
    if (count < 3) return 2;
    file = words[2];
    if (!strcmp(words[1], "handler")) {
        signal(SIGUSR1, handle);
        raise(SIGUSR1);
    } else if (!strcmp(words[1], "threads")) {
        for (int at = 0; at < 8; at++) pthread_create(&threads[at], NULL, run, NULL);
        for (int at = 0; at < 8; at++) pthread_join(threads[at], NULL);
    } else if (!strcmp(words[1], "fork")) {
        if (!fork()) {
            show();
            _exit(0);
        }
        wait(NULL);
    } else if (!strcmp(words[1], "vfork")) {
        if (!vfork()) {
            execl("/bin/cat", "cat", file, NULL);
            _exit(1);
        }
        wait(NULL);
    } else if (!strcmp(words[1], "rights")) {
        if (setgid(65534) || setuid(65534)) return 3;
        show();
    } else {
        show();
    }
    return 0;
}
