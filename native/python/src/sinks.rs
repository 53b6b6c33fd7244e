//! Audit events that are acts on the world, and how each is read.
//!
//! Sees:         what CPython's own modules do through audited calls, in every thread and sub-interpreter
//! Does not see: `_posixsubprocess.fork_exec`, what native extensions and `ctypes` calls do by themselves, paths
//!               relative to a `dir_fd`, `os.stat`, reads of `os.environ`, what a child process does

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::address::parse;
use hauberk_core::flow;
use hauberk_system::paths;
use hauberk_system::process::{self, Place};
use pyo3::ffi::{self, PyObject};
use std::net::{IpAddr, Ipv4Addr};

/// How the arguments of an event are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sink {
    Open,
    File(&'static str),
    TwoFiles(&'static str),
    Database,
    Spawn,
    Execute,
    ShellCommand,
    Terminal,
    Connect,
    Send,
    Bind,
    Resolve,
    Unpickle,
    LoadLibrary,
    ImportLibrary,
}

/// The sink of an audit event; most events have none.
pub(crate) fn named(event: &[u8]) -> Option<Sink> {
    Some(match event {
        b"open" => Sink::Open,
        b"os.listdir" | b"os.scandir" => Sink::File("list"),
        b"os.remove" | b"os.rmdir" => Sink::File("delete"),
        b"os.mkdir" | b"os.truncate" | b"os.utime" => Sink::File("write"),
        b"os.chmod" | b"os.chown" => Sink::File("chmod"),
        b"os.rename" => Sink::TwoFiles("rename"),
        b"os.link" | b"os.symlink" => Sink::TwoFiles("link"),
        b"sqlite3.connect" => Sink::Database,
        b"subprocess.Popen" => Sink::Spawn,
        b"os.exec" | b"os.posix_spawn" => Sink::Execute,
        b"os.system" => Sink::ShellCommand,
        b"pty.spawn" => Sink::Terminal,
        b"socket.connect" => Sink::Connect,
        b"socket.sendto" | b"socket.sendmsg" => Sink::Send,
        b"socket.bind" => Sink::Bind,
        b"socket.getaddrinfo" | b"socket.gethostbyname" | b"socket.gethostbyaddr" => Sink::Resolve,
        b"pickle.find_class" => Sink::Unpickle,
        b"ctypes.dlopen" => Sink::LoadLibrary,
        b"import" => Sink::ImportLibrary,
        _ => return None,
    })
}

impl Sink {
    /// Decides about one event: why it is blocked, or None.
    ///
    /// # Safety
    /// `tuple` holds the event's arguments and the GIL is held.
    pub(crate) unsafe fn admit(self, tuple: *mut PyObject) -> Option<String> {
        unsafe {
            let item = |index| arguments::item(tuple, index);
            match self {
                Sink::Open => open(item(0), item(2)),
                Sink::File(operation) => file(operation, item(0)),
                Sink::TwoFiles(operation) => two_files(operation, item(0), item(1)),
                Sink::Database => database(item(0)),
                Sink::Spawn => spawn(item(0), item(1), item(2), item(3)),
                Sink::Execute => execute(item(0), item(1), item(2)),
                Sink::ShellCommand => shell(&arguments::bytes(item(0))?),
                Sink::Terminal => terminal(item(0)),
                Sink::Connect => address("connect", item(1)),
                Sink::Send => address("send", item(1)),
                Sink::Bind => address("bind", item(1)),
                Sink::Resolve => resolve(item(0)),
                Sink::Unpickle => unpickle(item(0), item(1)),
                Sink::LoadLibrary => load(item(0)),
                Sink::ImportLibrary => load(item(1)),
            }
        }
    }
}

const O_ACCMODE: i64 = 3;
const O_CREAT: i64 = 0o100;
const O_TRUNC: i64 = 0o1000;

unsafe fn open(path: *mut PyObject, flags: *mut PyObject) -> Option<String> {
    let (path, flags) = unsafe { (arguments::text(path)?, arguments::integer(flags)) };
    let writes = flags & O_ACCMODE != 0 || flags & (O_CREAT | O_TRUNC) != 0;
    if !writes && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(if writes { "write" } else { "read" }, &path)
}

unsafe fn file(operation: &'static str, path: *mut PyObject) -> Option<String> {
    // None is the working directory; a number is a descriptor, whose open was seen.
    let path = unsafe {
        if path == ffi::Py_None() {
            b".".to_vec()
        } else {
            arguments::text(path)?
        }
    };
    if operation == "list" && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(operation, &path)
}

unsafe fn two_files(
    operation: &'static str,
    from: *mut PyObject,
    to: *mut PyObject,
) -> Option<String> {
    unsafe {
        let first = arguments::text(from).and_then(|path| admit_file(operation, &path));
        first.or_else(|| arguments::text(to).and_then(|path| admit_file(operation, &path)))
    }
}

fn admit_file(operation: &str, path: &[u8]) -> Option<String> {
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::File, operation, paths::absolute(path))],
        resource: Resource::Path(path),
        arguments: Vec::new(),
    })
}

/// A database that SQLite opens by itself, without an event of its own.
unsafe fn database(path: *mut PyObject) -> Option<String> {
    let path = unsafe { arguments::text(path)? };
    if path.is_empty() || path == b":memory:" {
        return None;
    }
    admit_file("write", &paths::of_database(&path)?)
}

unsafe fn spawn(
    executable: *mut PyObject,
    words: *mut PyObject,
    folder: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let (words, folder, search_path) = unsafe {
        (
            arguments::texts(words),
            arguments::text(folder),
            arguments::entry(environment, c"PATH"),
        )
    };
    let program = unsafe { arguments::text(executable) }.or_else(|| words.first().cloned())?;
    let place = Place {
        search_path: search_path.as_deref(),
        folder: folder.as_deref(),
    };
    admit_process(&program, &words, place)
}

/// `os.exec*` and `os.posix_spawn`: the path is tried as it is, so one that does not exist starts nothing.
unsafe fn execute(
    path: *mut PyObject,
    words: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let (path, words) = unsafe { (arguments::text(path)?, arguments::texts(words)) };
    let search_path = unsafe { arguments::entry(environment, c"PATH") };
    if path.contains(&b'/') && !process::exists(&path) {
        return None;
    }
    let place = Place {
        search_path: search_path.as_deref(),
        folder: None,
    };
    admit_process(&path, &words, place)
}

unsafe fn terminal(words: *mut PyObject) -> Option<String> {
    let words = unsafe { arguments::texts(words) };
    admit_process(&words.first()?.clone(), &words, Place::default())
}

fn admit_process(program: &[u8], words: &[Vec<u8>], place: Place<'_>) -> Option<String> {
    // What is run is the program, whatever name the first word gives it.
    let mut shown: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    match shown.first_mut() {
        Some(first) => *first = program,
        None => shown.push(program),
    }
    // A shell behind `env` and its like is judged with the arguments before it.
    let resource = match flow::command_of(&shown) {
        Some(command) => Resource::Shell(command),
        None => Resource::Arguments(&shown),
    };
    guard::admit(&Act {
        activities: process::starts(&shown, place),
        resource,
        arguments: shown.clone(),
    })
}

fn shell(command: &[u8]) -> Option<String> {
    let words: [&[u8]; 3] = [b"/bin/sh", b"-c", command];
    guard::admit(&Act {
        activities: process::starts(&words, Place::default()),
        resource: Resource::Shell(command),
        arguments: words.to_vec(),
    })
}

unsafe fn address(operation: &str, address: *mut PyObject) -> Option<String> {
    let activities = unsafe { addressed(operation, address)? };
    guard::admit(&Act {
        activities,
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

/// The activities of a socket address: `IP:port`, `[IPv6]:port`, `unix:path`; a name is resolved by the call itself.
unsafe fn addressed(operation: &str, address: *mut PyObject) -> Option<Vec<Activity>> {
    let (host, port) = unsafe {
        if address.is_null() || address == ffi::Py_None() {
            return None;
        }
        if ffi::PyTuple_Check(address) == 0 {
            let path = arguments::bytes(address)?;
            let target = [b"unix:", &path[..]].concat();
            return Some(vec![Activity::new(Kind::Address, operation, target)]);
        }
        (
            arguments::bytes(arguments::item(address, 0))?,
            arguments::integer(arguments::item(address, 1)),
        )
    };
    let host = String::from_utf8_lossy(&host).to_ascii_lowercase();
    let to = |address| Activity::new(Kind::Address, operation, target(operation, address, port));
    let unspecified = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    Some(match parse(&host) {
        Some(address) => vec![to(address)],
        None if host.is_empty() => vec![to(unspecified)],
        None if host == "localhost" || host.ends_with(".localhost") => {
            vec![
                Activity::new(Kind::Host, "resolve", host),
                to(Ipv4Addr::LOCALHOST.into()),
            ]
        }
        None => vec![Activity::new(Kind::Host, "resolve", host)],
    })
}

/// To connect to the unspecified address is to connect to this machine.
fn target(operation: &str, address: IpAddr, port: i64) -> String {
    match address {
        _ if address.is_unspecified() && operation != "bind" => format!("127.0.0.1:{port}"),
        IpAddr::V4(address) => format!("{address}:{port}"),
        IpAddr::V6(address) => format!("[{address}]:{port}"),
    }
}

unsafe fn resolve(host: *mut PyObject) -> Option<String> {
    let host = unsafe { arguments::bytes(host)? };
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(b".").unwrap_or(&host);
    // An address needs no look-up: the connection to it is seen.
    let is_address = std::str::from_utf8(name).is_ok_and(|text| parse(text).is_some());
    if is_address || name.is_empty() {
        return None;
    }
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Host, "resolve", name)],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

unsafe fn unpickle(module: *mut PyObject, name: *mut PyObject) -> Option<String> {
    let (module, name) = unsafe { (arguments::bytes(module)?, arguments::bytes(name)?) };
    // A name with dots leads through other names: it is told apart from a module's.
    let separator: &[u8] = if name.contains(&b'.') { b":" } else { b"." };
    guard::admit(&Act {
        activities: vec![Activity::new(
            Kind::Code,
            "unpickle",
            [&module, separator, &name].concat(),
        )],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

unsafe fn load(library: *mut PyObject) -> Option<String> {
    let path = unsafe { arguments::text(library)? };
    // A bare name is looked for in the system's own folders.
    if !path.contains(&b'/') || guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Code, "load", paths::absolute(&path))],
        resource: Resource::Path(&path),
        arguments: Vec::new(),
    })
}
