/* A library that acts as soon as it is loaded: beside itself, `name.so`, it writes `name.mark`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void act(void) {
    Dl_info own;
    char mark[4096];
    if (!dladdr((void *)act, &own))
        return;
    snprintf(mark, sizeof mark, "%.*s.mark", (int)(strlen(own.dli_fname) - strlen(".so")), own.dli_fname);
    close(open(mark, O_CREAT | O_WRONLY, 0644));
}

/* So that the loader takes it for an auditing library, too. */
unsigned la_version(unsigned version) { return version; }
