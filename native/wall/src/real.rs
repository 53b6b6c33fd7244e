//! The functions that ours stand in front of, found when they are first called.

use crate::addresses;
use crate::libraries;
use crate::library::Name;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
}

pub const EACCES: c_int = 13;
pub const ENOSYS: c_int = 38;
pub const ECONNREFUSED: c_int = 111;

const RTLD_NEXT: *mut c_void = -1_isize as *mut c_void;

/// A function of the next library that has it.
pub struct Real {
    name: Name,
    found: AtomicPtr<c_void>,
}

impl Real {
    const fn named(name: &'static CStr) -> Real {
        Real {
            name: Name::new(name),
            found: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// Its address; null where no library has it.
    pub fn address(&self) -> *mut c_void {
        let known = self.found.load(Ordering::Relaxed);
        if known.is_null() {
            self.look_up()
        } else {
            known
        }
    }

    #[cold]
    fn look_up(&self) -> *mut c_void {
        addresses::write(); // its name is one
        let found = libraries::find(&self.name).unwrap_or_else(|| next(self.name.text()));
        self.found.store(found, Ordering::Relaxed);
        found
    }

    /// Its address where it was found, or the tables tell it.
    fn tabled(&self) -> Option<*mut c_void> {
        let known = self.found.load(Ordering::Relaxed);
        if !known.is_null() {
            return Some(known);
        }
        let found = libraries::find(&self.name)?;
        self.found.store(found, Ordering::Relaxed);
        Some(found)
    }

    /// Whether this is its address.
    pub fn is(&self, address: *mut c_void) -> bool {
        self.address() == address
    }
}

type Lookup = unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void;

pub static DLSYM: Real = Real::named(c"dlsym");

/// The loader's own `dlsym`, which ours stands in front of too.
pub fn lookup() -> *mut c_void {
    let known = DLSYM.found.load(Ordering::Relaxed);
    if !known.is_null() {
        return known;
    }
    addresses::write();
    let found = libraries::find(&DLSYM.name)
        .or_else(|| libraries::find_now(DLSYM.name.number(), DLSYM.name.text()));
    let found = found.unwrap_or(std::ptr::null_mut());
    DLSYM.found.store(found, Ordering::Relaxed);
    found
}

fn next(name: &CStr) -> *mut c_void {
    let lookup = lookup();
    if lookup.is_null() {
        return lookup;
    }
    // SAFETY: it is `dlsym`; it looks behind the library that calls it, which is ours.
    unsafe { std::mem::transmute::<*mut c_void, Lookup>(lookup)(RTLD_NEXT, name.as_ptr()) }
}

/// The thread's `errno`.
pub fn errno() -> c_int {
    // SAFETY: glibc gives a live address in each thread.
    unsafe { *__errno_location().cast_const() }
}

pub fn set_errno(number: c_int) {
    // SAFETY: glibc gives a live address in each thread.
    unsafe { *__errno_location() = number };
}

const fn named(text: &str) -> &CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(name) => name,
        Err(_) => c"",
    }
}

/// Declares each function's real one: `real::NAME` is its place, `real::name(…)` calls it; what is nowhere says ENOSYS.
macro_rules! reals {
    ([$($passed:ident $called:ident;)*] $($place:ident $name:ident ($($argument:ident: $type:ty),*) -> $result:ty, $missing:expr;)*) => {
        $(
            pub static $place: Real = Real::named(named(concat!(stringify!($name), "\0")));

            /// # Safety
            /// As the C function of this name.
            #[inline]
            #[allow(clippy::too_many_arguments)] // C's
            pub unsafe fn $name($($argument: $type),*) -> $result {
                let address = $place.address();
                if address.is_null() {
                    set_errno(ENOSYS);
                    return $missing;
                }
                // SAFETY: the function of this name has this signature; the rest is the caller's to answer for.
                unsafe {
                    std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($type),*) -> $result>(address)
                        ($($argument),*)
                }
            }
        )*
        $(pub static $passed: Real = Real::named(named(concat!(stringify!($called), "\0")));)*
        pub(super) static ALL: &[&Real] = &[$(&$passed,)* $(&$place),*];
    };
}

mod elsewhere;
mod handles;
mod lookups;
pub use self::elsewhere::*;
pub use self::handles::*;
pub use self::lookups::*;

type Text = *const c_char;
type List = *const *const c_char;
type Mode = c_uint;
type Any = *const c_void;
type File = *mut c_void;
type Room = *mut c_char;

reals! {
    [ // these are passed on by their address
        EXECV execv;
        EXECVP execvp;
        EXECL execl;
        EXECLP execlp;
        EXECLE execle;
        DLOPEN dlopen;
        DLMOPEN dlmopen;
        DLVSYM dlvsym;
        SYSCALL syscall;
    ]
    OPEN open(path: Text, flags: c_int, mode: Mode) -> c_int, -1;
    OPEN64 open64(path: Text, flags: c_int, mode: Mode) -> c_int, -1;
    OPENAT openat(folder: c_int, path: Text, flags: c_int, mode: Mode) -> c_int, -1;
    OPENAT64 openat64(folder: c_int, path: Text, flags: c_int, mode: Mode) -> c_int, -1;
    OPEN_2 __open_2(path: Text, flags: c_int) -> c_int, -1;
    OPEN64_2 __open64_2(path: Text, flags: c_int) -> c_int, -1;
    OPENAT_2 __openat_2(folder: c_int, path: Text, flags: c_int) -> c_int, -1;
    OPENAT64_2 __openat64_2(folder: c_int, path: Text, flags: c_int) -> c_int, -1;
    CREAT creat(path: Text, mode: Mode) -> c_int, -1;
    CREAT64 creat64(path: Text, mode: Mode) -> c_int, -1;
    FOPEN fopen(path: Text, mode: Text) -> File, std::ptr::null_mut();
    FOPEN64 fopen64(path: Text, mode: Text) -> File, std::ptr::null_mut();
    FREOPEN freopen(path: Text, mode: Text, stream: File) -> File, std::ptr::null_mut();
    FREOPEN64 freopen64(path: Text, mode: Text, stream: File) -> File, std::ptr::null_mut();
    FCLOSE fclose(stream: File) -> c_int, -1;
    FILENO fileno(stream: File) -> c_int, -1;
    UNLINK unlink(path: Text) -> c_int, -1;
    UNLINKAT unlinkat(folder: c_int, path: Text, flags: c_int) -> c_int, -1;
    REMOVE remove(path: Text) -> c_int, -1;
    RMDIR rmdir(path: Text) -> c_int, -1;
    MKDIR mkdir(path: Text, mode: Mode) -> c_int, -1;
    MKDIRAT mkdirat(folder: c_int, path: Text, mode: Mode) -> c_int, -1;
    MKFIFO mkfifo(path: Text, mode: Mode) -> c_int, -1;
    MKFIFOAT mkfifoat(folder: c_int, path: Text, mode: Mode) -> c_int, -1;
    MKNOD mknod(path: Text, mode: Mode, device: u64) -> c_int, -1;
    MKNODAT mknodat(folder: c_int, path: Text, mode: Mode, device: u64) -> c_int, -1;
    XMKNOD __xmknod(form: c_int, path: Text, mode: Mode, device: Any) -> c_int, -1;
    XMKNODAT __xmknodat(form: c_int, folder: c_int, path: Text, mode: Mode, device: Any) -> c_int, -1;
    UTIME utime(path: Text, times: Any) -> c_int, -1;
    UTIMES utimes(path: Text, times: Any) -> c_int, -1;
    LUTIMES lutimes(path: Text, times: Any) -> c_int, -1;
    FUTIMESAT futimesat(folder: c_int, path: Text, times: Any) -> c_int, -1;
    UTIMENSAT utimensat(folder: c_int, path: Text, times: Any, flags: c_int) -> c_int, -1;
    SETXATTR setxattr(path: Text, name: Text, value: Any, size: usize, flags: c_int) -> c_int, -1;
    LSETXATTR lsetxattr(path: Text, name: Text, value: Any, size: usize, flags: c_int) -> c_int, -1;
    REMOVEXATTR removexattr(path: Text, name: Text) -> c_int, -1;
    LREMOVEXATTR lremovexattr(path: Text, name: Text) -> c_int, -1;
    TRUNCATE truncate(path: Text, length: i64) -> c_int, -1;
    TRUNCATE64 truncate64(path: Text, length: i64) -> c_int, -1;
    CHMOD chmod(path: Text, mode: Mode) -> c_int, -1;
    FCHMODAT fchmodat(folder: c_int, path: Text, mode: Mode, flags: c_int) -> c_int, -1;
    CHOWN chown(path: Text, user: c_uint, group: c_uint) -> c_int, -1;
    LCHOWN lchown(path: Text, user: c_uint, group: c_uint) -> c_int, -1;
    FCHOWNAT fchownat(folder: c_int, path: Text, user: c_uint, group: c_uint, flags: c_int) -> c_int, -1;
    FCHMOD fchmod(file: c_int, mode: Mode) -> c_int, -1;
    FCHOWN fchown(file: c_int, user: c_uint, group: c_uint) -> c_int, -1;
    FUTIMENS futimens(file: c_int, times: Any) -> c_int, -1;
    FUTIMES futimes(file: c_int, times: Any) -> c_int, -1;
    FSETXATTR fsetxattr(file: c_int, name: Text, value: Any, size: usize, flags: c_int) -> c_int, -1;
    FREMOVEXATTR fremovexattr(file: c_int, name: Text) -> c_int, -1;
    RENAME rename(from: Text, to: Text) -> c_int, -1;
    RENAMEAT renameat(folder: c_int, from: Text, other: c_int, to: Text) -> c_int, -1;
    RENAMEAT2 renameat2(folder: c_int, from: Text, other: c_int, to: Text, flags: c_uint) -> c_int, -1;
    LINK link(from: Text, to: Text) -> c_int, -1;
    LINKAT linkat(folder: c_int, from: Text, other: c_int, to: Text, flags: c_int) -> c_int, -1;
    SYMLINK symlink(from: Text, to: Text) -> c_int, -1;
    SYMLINKAT symlinkat(from: Text, other: c_int, to: Text) -> c_int, -1;
    CONNECT connect(socket: c_int, address: Any, length: c_uint) -> c_int, -1;
    BIND bind(socket: c_int, address: Any, length: c_uint) -> c_int, -1;
    SENDTO sendto(socket: c_int, bytes: Any, size: usize, flags: c_int, address: Any, length: c_uint) -> isize, -1;
    SENDMSG sendmsg(socket: c_int, message: Any, flags: c_int) -> isize, -1;
    SENDMMSG sendmmsg(socket: c_int, messages: *mut c_void, count: c_uint, flags: c_int) -> c_int, -1;
    RECVMSG recvmsg(socket: c_int, message: *mut c_void, flags: c_int) -> isize, -1;
    RECVMMSG recvmmsg(socket: c_int, messages: *mut c_void, count: c_uint, flags: c_int, timeout: *mut c_void) -> c_int, -1;
    SOCKET socket(family: c_int, kind: c_int, protocol: c_int) -> c_int, -1;
    LISTEN listen(socket: c_int, waiting: c_int) -> c_int, -1;
    EXECVE execve(path: Text, arguments: List, environment: List) -> c_int, -1;
    EXECVPE execvpe(file: Text, arguments: List, environment: List) -> c_int, -1;
    EXECVEAT execveat(folder: c_int, path: Text, arguments: List, environment: List, flags: c_int) -> c_int, -1;
    FEXECVE fexecve(file: c_int, arguments: List, environment: List) -> c_int, -1;
    POSIX_SPAWN posix_spawn(process: *mut c_int, path: Text, actions: Any, attributes: Any, arguments: List,
        environment: List) -> c_int, ENOSYS;
    POSIX_SPAWNP posix_spawnp(process: *mut c_int, file: Text, actions: Any, attributes: Any, arguments: List,
        environment: List) -> c_int, ENOSYS;
    MKSTEMP mkstemp(template: Room) -> c_int, -1;
    MKSTEMP64 mkstemp64(template: Room) -> c_int, -1;
    MKOSTEMP mkostemp(template: Room, flags: c_int) -> c_int, -1;
    MKOSTEMP64 mkostemp64(template: Room, flags: c_int) -> c_int, -1;
    MKSTEMPS mkstemps(template: Room, length: c_int) -> c_int, -1;
    MKSTEMPS64 mkstemps64(template: Room, length: c_int) -> c_int, -1;
    MKOSTEMPS mkostemps(template: Room, length: c_int, flags: c_int) -> c_int, -1;
    MKOSTEMPS64 mkostemps64(template: Room, length: c_int, flags: c_int) -> c_int, -1;
    MKDTEMP mkdtemp(template: Room) -> Room, std::ptr::null_mut();
    TMPFILE tmpfile() -> File, std::ptr::null_mut();
    TMPFILE64 tmpfile64() -> File, std::ptr::null_mut();
    SYSTEM system(command: Text) -> c_int, -1;
    WORDEXP wordexp(words: Text, found: *mut c_void, flags: c_int) -> c_int, -1;
    POPEN popen(command: Text, kind: Text) -> File, std::ptr::null_mut();
}

/// Finds all at once, where the tables do not lead to libc: later the loader's lock may be another thread's.
pub fn find_where_untold() {
    if !libraries::reach_libc() {
        each(|_| {});
    }
}

/// The address of each that was found.
pub fn each(mut with: impl FnMut(*mut c_void)) {
    let all = ALL.iter().chain(lookups::ALL);
    all.for_each(|real| with(real.address()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_the_one_that_the_loader_finds() {
        let mut count = 0;
        for real in ALL {
            if let Some(found) = libraries::find(&real.name) {
                assert_eq!(found, next(real.name.text()), "{:?}", real.name.text());
                count += 1;
            }
        }
        assert!(count > 60, "{count} of {}", ALL.len());
    }
}
