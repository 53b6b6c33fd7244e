/* Says how often memory was asked for: before `main`, by one act that is judged, and by a start of itself, if told to. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

unsigned long asked_for_memory(void) __attribute__((weak));

int main(int count, char **words) {
    char said[64];
    unsigned long before = asked_for_memory ? asked_for_memory() : 9999, after;
    chmod(words[1], 0600);
    after = asked_for_memory ? asked_for_memory() : 9999;
    if (count > 2) {
        pid_t child = vfork();
        if (child == 0) {
            execl(words[0], words[0], words[1], (char *)NULL);
            _exit(1);
        }
        waitpid(child, NULL, 0);
    }
    write(1, said, (size_t)snprintf(said, sizeof said, "%lu %lu\n", before, after - before));
    return 0;
}
