/* A library that acts for whoever loads it: by the C library, by Python's own interface, by a function that it is given. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Of every CPython; no header of it is needed. */
void *PyImport_ImportModule(const char *name);
void *PyObject_CallMethod(void *object, const char *name, const char *format, ...);

static volatile int error;

int act(const char *path) {
    error = mkdir(path, 0700) ? errno : 0;
    return error;
}

static void *run(void *path) {
    act(path);
    return NULL;
}

int act_in_thread(const char *path) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, (void *)path);
    pthread_join(thread, NULL);
    return error;
}

void *act_by_python(const char *path) {
    void *os = PyImport_ImportModule("os");
    void *done = PyObject_CallMethod(os, "mkdir", "s", path);
    return done;
}

int act_by_callback(void (*callback)(void)) {
    callback();
    error = 0;
    return error;
}

/* The compiler makes a jump of this call. */
__attribute__((optimize("O2"))) int act_by_jump(const char *path) { return mkdir(path, 0700); }

int act_when_loaded(void) { return error; }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WHEN_LOADED");
    if (path) act(path);
}

/* It acts, and is no module after all. */
void *PyInit_brought(void) {
    act(getenv("WHEN_IMPORTED"));
    return NULL;
}
