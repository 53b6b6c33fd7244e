/* A library that leaves a file beside itself when it is loaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void leave(void) {
    Dl_info here;
    char path[PATH_MAX];
    if (!dladdr((void *)leave, &here)) return;
    char *end = strrchr(here.dli_fname, '/');
    if (!end) return;
    snprintf(path, sizeof path, "%.*s/left-native", (int)(end - here.dli_fname), here.dli_fname);
    int file = open(path, O_CREAT | O_WRONLY, 0644);
    if (file >= 0) close(file);
}
