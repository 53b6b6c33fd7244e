//! Globals that turn unpickling into running code.
//!
//! Sees:         modules that start programs, run code or open connections; built-ins that call or fetch; both also by
//!               way of a module that imports them (`random`, `_os.system`)
//! Does not see: the function's own code, whose classes may do anything when they are made

/// Modules of the standard library of which honest pickles hold next to nothing.
const MODULES: &[&str] = &[
    "bdb",
    "cProfile",
    "codeop",
    "ctypes",
    "distutils",
    "doctest",
    "ensurepip",
    "fileinput",
    "frozen_importlib",
    "frozen_importlib_external",
    "ftplib",
    "gc",
    "hauberk",
    "idlelib",
    "importlib",
    "io",
    "linecache",
    "marshal",
    "nt",
    "os",
    "pdb",
    "pickle",
    "pip",
    "pkgutil",
    "popen2",
    "posix",
    "posixsubprocess",
    "pty",
    "pydoc",
    "runpy",
    "setuptools",
    "shelve",
    "shutil",
    "smtplib",
    "socket",
    "subprocess",
    "sys",
    "thread",
    "threading",
    "timeit",
    "venv",
    "webbrowser",
    "zipimport",
];
/// Names of modules that hold honest data too, or whose name a function's own module may have.
const NAMES: &[&str] = &[
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "code.InteractiveInterpreter",
    "code.interact",
    "codecs.open",
    "commands.getoutput",
    "functools.reduce",
    "imp.load_source",
    "logging.config.dictConfig",
    "multiprocessing.util.spawnv_passfds",
    "operator.attrgetter",
    "operator.call",
    "operator.methodcaller",
    "platform.popen",
    "profile.run",
    "profile.runctx",
    "tempfile.mktemp",
    "trace.Trace",
    "types.CodeType",
    "types.FunctionType",
    "urllib.request.urlopen",
    "urllib.request.urlretrieve",
    "uuid._get_command_stdout",
];
const BUILTINS: &[&str] = &[
    "__import__",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "open",
    "setattr",
    "vars",
];
/// Honest data of the modules above; exceptions are told by their names.
const HARMLESS: &[&str] = &[
    "BytesIO",
    "StringIO",
    "PickleBuffer",
    "stat_result",
    "PathLike",
    "CompletedProcess",
    "TimeoutExpired",
    "timeout",
    "AddressFamily",
    "SocketKind",
    "gaierror",
    "herror",
    "version_info",
];

/// Whether unpickling this global is an attack. `name` is `module.name`, or `module:name` where the name has dots.
#[must_use]
pub fn is_dangerous_global(name: &str) -> bool {
    let Some((module, attribute)) = name.split_once(':').or_else(|| name.rsplit_once('.')) else {
        return false;
    };
    let (way, last) = attribute.rsplit_once('.').unwrap_or(("", attribute));
    // Nested classes have dots too, but no class is called as one of these modules.
    if way
        .split('.')
        .any(|segment| is_module(segment) || is_builtins(segment))
        || is_module(last) && !way.is_empty()
    {
        return true;
    }
    if is_builtins(module) {
        return BUILTINS.contains(&attribute);
    }
    let first = module.split('.').next().unwrap_or(module);
    NAMES.contains(&name)
        || is_module(first) && !is_harmless(last)
        || way.is_empty() && is_way_to_module(module, last)
}

fn is_module(segment: &str) -> bool {
    MODULES.contains(&segment.trim_start_matches('_'))
}

fn is_builtins(segment: &str) -> bool {
    matches!(segment, "builtins" | "__builtin__" | "__builtins__")
}

fn is_harmless(name: &str) -> bool {
    let is_exception = ["Error", "Exception", "Warning"]
        .iter()
        .any(|end| name.ends_with(end));
    is_exception || HARMLESS.contains(&name)
}

/// `random._os`: a module that another one has imported, to be asked for its names later.
fn is_way_to_module(module: &str, name: &str) -> bool {
    !module.is_empty()
        && (name.starts_with('_') && is_module(name)
            || matches!(name, "os" | "sys" | "subprocess" | "builtins"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dangerous_global_is_told_from_a_plain_one() {
        let rows = [
            ("posix.system", true),
            ("os.popen", true),
            ("subprocess.Popen", true),
            ("builtins.eval", true),
            ("builtins.getattr", true),
            ("importlib._bootstrap._call", true),
            ("_io.open", true),
            ("io.open_code", true),
            ("random:_os.system", true),
            ("random._os", true),
            ("logging:os.system", true),
            ("json:codecs.builtins.eval", true),
            ("enum:sys.modules", true),
            ("operator.attrgetter", true),
            ("types.FunctionType", true),
            ("marshal.loads", true),
            ("_pickle.loads", true),
            ("hauberk._native.end", true),
            ("builtins.set", false),
            ("collections.OrderedDict", false),
            ("datetime.datetime", false),
            ("io.BytesIO", false),
            ("socket.gaierror", false),
            ("subprocess.CalledProcessError", false),
            ("multiprocessing.pool.mapstar", false),
            ("functools.partial", false),
            ("oslo.config", false),
            ("shop.profile.User", false),
            ("shop:Order.Line", false),
            ("profile.User", false),
            ("code.Voucher", false),
            ("system", false),
        ];
        for (name, expected) in rows {
            assert_eq!(is_dangerous_global(name), expected, "{name}");
        }
    }
}
