/* An audit hook that does nothing: what CPython itself takes to raise events for any hook. */
#include <Python.h>

static int hook(const char *event, PyObject *arguments, void *data) { return 0; }

static PyObject *install(PyObject *module, PyObject *nothing) {
    if (PySys_AddAuditHook(hook, NULL) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"install", install, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "empty_hook", NULL, -1, methods};

PyMODINIT_FUNC PyInit_empty_hook(void) { return PyModule_Create(&definition); }
