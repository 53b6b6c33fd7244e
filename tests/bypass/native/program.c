/* A program that needs no library: beside itself, `name.static`, it writes `name.mark`. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    char mark[4096];
    snprintf(mark, sizeof mark, "%.*s.mark", (int)(strlen(words[0]) - strlen(".static")), words[0]);
    return close(open(mark, O_CREAT | O_WRONLY, 0644));
}
