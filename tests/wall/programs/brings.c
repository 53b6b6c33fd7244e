/* Loads a library and has it act, as it acts itself: `brings LIBRARY FUNCTION [WHAT] [OWN]`. Prints the number of the error
   of what the library did, and of what the program did by the same library call to OWN. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int writes_itself(const char *path) {
    int file = open(path, O_CREAT | O_WRONLY, 0644);
    int number = file < 0 ? errno : 0;
    if (file >= 0) close(file);
    return number;
}

int main(int count, char **words) {
    int (*act)(const char *), number, own = 0;
    void *library;
    if (count > 4) own = writes_itself(words[4]);
    library = dlopen(words[1], RTLD_NOW);
    if (!library) {
        printf("not loaded: %s\n", dlerror());
        return 1;
    }
    act = (int (*)(const char *))dlsym(library, words[2]);
    number = act(words[3]);
    if (count > 4 && !own) {
        unlink(words[4]);
        own = writes_itself(words[4]); /* the same again, with the library there */
    }
    printf("%d %d\n", number, own);
    return 0;
}
