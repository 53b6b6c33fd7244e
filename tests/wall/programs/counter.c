/* A C library's allocator of its own, which counts how often it is asked: preloaded behind the wall. */
#include <stddef.h>
#include <string.h>

static char room[1 << 24] __attribute__((aligned(16)));
static size_t used;
static unsigned long asked;

void *malloc(size_t size) {
    char *start = room + used + 16;
    __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
    if (size > sizeof room - used - 32) return NULL;
    *(size_t *)(start - 16) = size;
    used += 16 + ((size + 15) & ~(size_t)15);
    return start;
}
void *calloc(size_t count, size_t size) { return malloc(count * size); } /* never given twice, so it is zeros */
void free(void *start) { (void)start; }
void *realloc(void *start, size_t size) {
    void *next = malloc(size);
    size_t before = start ? *(size_t *)((char *)start - 16) : 0;
    if (next && start) memcpy(next, start, before < size ? before : size);
    return next;
}
void *memalign(size_t alignment, size_t size) { (void)alignment; return malloc(size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **place, size_t alignment, size_t size) { *place = memalign(alignment, size); return *place ? 0 : 12; }
unsigned long asked_for_memory(void) { return asked; }
