//! Audit events that are acts on the world, and how each is read.
//!
//! Sees:         what CPython's own modules do through audited calls, in every thread and sub-interpreter
//! Does not see: what native extensions do by themselves, `os.stat`, reads of `os.environ`, what a child process does

pub(crate) mod code;
pub(crate) mod file;
mod foreign_functions;
pub(crate) mod network;
pub(crate) mod process;
pub(crate) mod sent;

use crate::{arguments, provenance, redirected};
use pyo3::ffi::PyObject;
use std::ptr::null_mut;

/// How the arguments of an event are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sink {
    Open,
    /// An operation on a path, and where the event tells the folder that the path is relative to.
    File(&'static str, Option<isize>),
    /// The same on two paths, each with its folder.
    TwoFiles(&'static str),
    SymbolicLink,
    Database,
    Spawn,
    Execute,
    ShellCommand,
    Terminal,
    Connect,
    Send,
    Bind,
    /// A socket that is made.
    OpenSocket,
    Resolve,
    /// The name of an address, or of a host's.
    ResolveAddress,
    Unpickle,
    LoadLibrary,
    LoadExtension,
    AllowExtensions,
    ForeignFunction,
    Import,
    Compile,
    Unmarshal,
    UnmarshalFile,
    Run,
    SendRequest,
    /// A format string; no event tells of it.
    Format,
}

/// The sink of an audit event; most events have none.
pub(crate) fn named(event: &[u8]) -> Option<Sink> {
    Some(match event {
        b"open" => Sink::Open,
        b"os.listdir" | b"os.scandir" => Sink::File("list", None),
        b"os.remove" | b"os.rmdir" => Sink::File("delete", Some(1)),
        b"os.mkdir" => Sink::File("write", Some(2)),
        b"os.utime" => Sink::File("write", Some(3)),
        b"os.truncate" | b"os.setxattr" | b"os.removexattr" => Sink::File("write", None),
        b"os.chmod" => Sink::File("chmod", Some(2)),
        b"os.chown" => Sink::File("chmod", Some(3)),
        b"os.rename" => Sink::TwoFiles("rename"),
        b"os.link" => Sink::TwoFiles("link"),
        b"os.symlink" => Sink::SymbolicLink,
        b"sqlite3.connect" => Sink::Database,
        b"subprocess.Popen" => Sink::Spawn,
        b"os.exec" | b"os.posix_spawn" => Sink::Execute,
        b"os.system" => Sink::ShellCommand,
        b"pty.spawn" => Sink::Terminal,
        b"socket.connect" => Sink::Connect,
        b"socket.sendto" | b"socket.sendmsg" => Sink::Send,
        b"socket.bind" => Sink::Bind,
        b"socket.__new__" => Sink::OpenSocket,
        b"socket.getaddrinfo" | b"socket.gethostbyname" => Sink::Resolve,
        b"socket.gethostbyaddr" | b"socket.getnameinfo" => Sink::ResolveAddress,
        b"pickle.find_class" => Sink::Unpickle,
        b"ctypes.dlopen" => Sink::LoadLibrary,
        b"ctypes.dlsym" | b"ctypes.dlsym/handle" => Sink::ForeignFunction,
        b"sqlite3.load_extension" => Sink::LoadExtension,
        b"sqlite3.enable_load_extension" => Sink::AllowExtensions,
        b"import" => Sink::Import,
        b"compile" => Sink::Compile,
        b"marshal.loads" => Sink::Unmarshal,
        b"marshal.load" => Sink::UnmarshalFile,
        b"http.client.send" => Sink::SendRequest,
        b"exec" | b"function.__new__" => Sink::Run,
        _ => return None,
    })
}

impl Sink {
    /// Whether modules of the standard library that are written in Python tell its event, as any code can.
    pub(crate) fn is_told_by_modules(self) -> bool {
        matches!(
            self,
            Sink::Spawn | Sink::Terminal | Sink::SendRequest | Sink::Unpickle
        )
    }

    /// Decides about one event: why it is blocked, or None.
    ///
    /// # Safety
    /// `tuple` holds the event's arguments and the GIL is held.
    pub(crate) unsafe fn admit(self, tuple: *mut PyObject) -> Option<String> {
        unsafe {
            let item = |index| arguments::item(tuple, index);
            match self {
                Sink::Open => file::open(item(0), item(1), item(2)),
                Sink::File(operation, folder) => {
                    file::act_on(operation, item(0), folder.map_or(null_mut(), item))
                }
                Sink::TwoFiles(operation) => {
                    file::act_on_two(operation, [item(0), item(1)], [item(2), item(3)])
                }
                Sink::SymbolicLink => file::symbolic_link(item(0), item(1), item(2)),
                Sink::Database => file::database(item(0)),
                // The start itself tells its standard streams, too.
                Sink::Spawn if redirected::sees_starts() => None,
                Sink::Spawn => process::spawn(item(0), item(1), item(2), item(3)),
                Sink::Execute => process::execute(item(0), item(1), item(2)),
                Sink::ShellCommand => process::shell(&arguments::bytes(item(0))?),
                Sink::Terminal => process::terminal(item(0)),
                Sink::Connect => network::address("connect", item(1)),
                Sink::Send => network::address("send", item(1)),
                Sink::Bind => network::address("bind", item(1)),
                Sink::OpenSocket => network::open(item(1), item(3)),
                Sink::Resolve => network::resolve(item(0)),
                Sink::ResolveAddress => network::resolve_address(item(0)),
                Sink::Unpickle => code::unpickle(item(0), item(1)),
                Sink::LoadLibrary => code::load(item(0)),
                Sink::LoadExtension => code::load(item(1)),
                Sink::AllowExtensions => code::allow_extensions(item(1)),
                Sink::ForeignFunction => code::foreign_function(item(1)),
                Sink::Import => code::import(item(0), item(1)),
                Sink::Compile => code::compile(item(0), item(1)),
                Sink::Unmarshal => code::unmarshal(item(0)),
                Sink::UnmarshalFile => {
                    provenance::unmarshals(null_mut());
                    None
                }
                Sink::SendRequest => sent::by_connection(item(0), item(1)),
                Sink::Format => None,
                Sink::Run => {
                    provenance::begins(item(0));
                    None
                }
            }
        }
    }
}
