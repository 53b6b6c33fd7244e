/* One act on a path, perhaps without a descriptor left to look at it by: `paths full|free ACT PATH`; or all that may happen to
   libraries while others act: `paths unloads LIBRARY BROKEN FOLDER SECONDS`. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static volatile int is_over;
static const char *folder;

static void *makes(void *number) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%ld", folder, (long)number);
    while (!is_over) {
        mkdir(path, 0700);
        rmdir(path);
    }
    return NULL;
}

static int unloads(char **words) {
    pthread_t threads[2];
    folder = words[2];
    for (long at = 0; at < 2; at++) pthread_create(&threads[at], NULL, makes, (void *)at);
    time_t end = time(NULL) + atoi(words[3]);
    long loads = 0;
    while (time(NULL) < end) {
        void *library = dlopen(words[0], RTLD_NOW);
        if (library) dlclose(library);
        dlopen(words[1], RTLD_NOW);
        loads++;
    }
    is_over = 1;
    for (int at = 0; at < 2; at++) pthread_join(threads[at], NULL);
    printf(loads > 100 ? "done\n" : "error 0\n");
    return 0;
}

int main(int count, char **words) {
    if (count == 6 && !strcmp(words[1], "unloads")) return unloads(words + 2);
    if (count != 4) return 2;
    const char *path = words[3];
    int answer = -1;
    if (!strcmp(words[1], "full")) {
        struct rlimit none = {3, 3};
        setrlimit(RLIMIT_NOFILE, &none);
    }
    if (!strcmp(words[2], "mkdir")) answer = mkdir(path, 0700);
    if (!strcmp(words[2], "chmod")) answer = chmod(path, 0777);
    if (!strcmp(words[2], "unlink")) answer = unlink(path);
    if (!strcmp(words[2], "open")) answer = open(path, O_CREAT | O_WRONLY, 0600);
    if (answer < 0) printf("error %d\n", errno);
    else printf("done\n");
    return 0;
}
