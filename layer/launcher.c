/* Starts a Python that lies in `libexec` beside this program's `bin`, with the loader and the C library that came with
   it. Linked statically: what is preloaded is for the Python, not for this. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static char usr[PATH_MAX], loader[PATH_MAX + 64], libraries[PATH_MAX + 64], program[PATH_MAX + 64];

int main(int count, char **arguments)
{
    ssize_t length = readlink("/proc/self/exe", usr, sizeof usr - 1);
    for (int up = 0; up < 2 && length > 0; up++) { /* of its name, and of `bin` */
        char *slash = strrchr(usr, '/');
        if (slash)
            *slash = 0;
    }
    snprintf(libraries, sizeof libraries, "%s/lib/%s", usr, LIBRARIES);
    snprintf(loader, sizeof loader, "%s/%s", libraries, LOADER);
    snprintf(program, sizeof program, "%s/libexec/%s", usr, NAME);
    char **given = calloc(count + 6, sizeof *given);
    if (!given)
        return 126;
    char *first[] = {loader, "--argv0", (char *)getauxval(AT_EXECFN), "--library-path", libraries, program};
    memcpy(given, first, sizeof first);
    for (int at = 1; at < count; at++)
        given[5 + at] = arguments[at];
    execv(loader, given);
    perror(loader);
    return 126;
}
