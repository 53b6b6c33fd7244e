/* An own runtime, as a `provided` function brings one: asks for an event, reads the file that it names, itself and by a
   child, and answers what it got of each. Ends when there is no event. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[65536];

/* One request on a connection of its own; the body of the answer, or NULL. */
static char *asked(const char *request) {
    char host[64], *port;
    struct sockaddr_in peer = {.sin_family = AF_INET};
    size_t length = 0;
    ssize_t size;
    int one = socket(AF_INET, SOCK_STREAM, 0);
    strncpy(host, getenv("AWS_LAMBDA_RUNTIME_API"), sizeof host - 1);
    port = strchr(host, ':');
    *port++ = 0;
    peer.sin_port = htons((unsigned short)atoi(port));
    peer.sin_addr.s_addr = inet_addr(host);
    if (connect(one, (struct sockaddr *)&peer, sizeof peer)) return NULL;
    write(one, request, strlen(request));
    while ((size = read(one, answer + length, sizeof answer - 1 - length)) > 0) length += (size_t)size;
    close(one);
    answer[length] = 0;
    return strncmp(answer, "HTTP/1.0 200", 12) ? NULL : strstr(answer, "\r\n\r\n");
}

static void put(FILE *stream, char *room, size_t size) {
    size_t length = stream ? fread(room, 1, size - 1, stream) : 0;
    room[length] = 0;
    if (length == 0) strcpy(room, "refused");
}

int main(void) {
    char id[64], path[256], own[64], childs[64], command[300], request[1024], *body;
    while ((body = asked("GET /2018-06-01/runtime/invocation/next HTTP/1.0\r\n\r\n"))) {
        FILE *stream;
        sscanf(strstr(answer, "Lambda-Runtime-Aws-Request-Id: "), "%*s %63s", id);
        sscanf(body, " \"%255[^\"]", path);
        stream = fopen(path, "r");
        put(stream, own, sizeof own);
        if (stream) fclose(stream);
        snprintf(command, sizeof command, "env -i cat %s 2>&-", path);
        stream = popen(command, "r");
        put(stream, childs, sizeof childs);
        pclose(stream);
        snprintf(request, sizeof request,
                 "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.0\r\nContent-Length: %zu\r\n\r\n%s %s", id,
                 strlen(own) + 1 + strlen(childs), own, childs);
        if (!asked(request)) return 1;
    }
    return 0;
}
