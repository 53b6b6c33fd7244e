//! Functions that are looked up in libraries: ours are found where they stand in front.
//!
//! The loader looks at who calls it, so its calls are passed on without a frame of ours in between.

use super::{
    code, file, host, lookup, network, opened, paths, process, query, raw, received, shell, spawn,
    stream, temporary, variadic,
};
use crate::real;
use crate::wall::wall;
use std::arch::naked_asm;
use std::ffi::{c_char, c_void};

type Text = *const c_char;

/// A look-up by a handle finds our functions where it would find those they stand in front of.
unsafe extern "C" fn looked_up(handle: *mut c_void, name: Text) -> *mut c_void {
    // SAFETY: the arguments of `dlsym`.
    let found = unsafe { real::look_up(handle, name) };
    if found.is_null() || wall().is_none() {
        return found;
    }
    ours(found).unwrap_or(found)
}

/// So does one for an older version of it.
unsafe extern "C" fn looked_up_version(
    handle: *mut c_void,
    name: Text,
    version: Text,
) -> *mut c_void {
    // SAFETY: the arguments of `dlvsym`, which are those of `dlsym` too.
    unsafe {
        let found = real::look_up_version(handle, name, version);
        if found.is_null() || wall().is_none() {
            return found;
        }
        ours(real::look_up(handle, name)).unwrap_or(found)
    }
}

/// Where a look-up goes on: by what the loader knows of the caller, or by the handle.
unsafe extern "C" fn lookup_of_name(handle: *mut c_void) -> *mut c_void {
    if is_of_caller(handle) {
        real::lookup()
    } else {
        looked_up as *mut c_void
    }
}

unsafe extern "C" fn lookup_of_version(handle: *mut c_void) -> *mut c_void {
    if is_of_caller(handle) {
        real::DLVSYM.address()
    } else {
        looked_up_version as *mut c_void
    }
}

fn is_of_caller(handle: *mut c_void) -> bool {
    const RTLD_NEXT: usize = usize::MAX;
    const RTLD_DEFAULT: usize = 0;
    matches!(handle as usize, RTLD_DEFAULT | RTLD_NEXT)
}

/// The table of our functions, each in front of a real one.
macro_rules! in_front {
    ($($place:ident $module:ident::$name:ident;)*) => {
        /// Our function in front of a real one.
        fn ours(address: *mut c_void) -> Option<*mut c_void> {
            $(if real::$place.is(address) { return Some($module::$name as *mut c_void); })*
            None
        }

        #[cfg(test)]
        const OURS: &[&str] = &[$(stringify!($name)),*];
    };
}

in_front! {
    OPEN file::open; OPEN64 file::open64; OPENAT file::openat; OPENAT64 file::openat64;
    OPEN_2 file::__open_2; OPEN64_2 file::__open64_2; OPENAT_2 file::__openat_2; OPENAT64_2 file::__openat64_2;
    CREAT file::creat; CREAT64 file::creat64;
    FOPEN stream::fopen; FOPEN64 stream::fopen64; FREOPEN stream::freopen; FREOPEN64 stream::freopen64;
    UNLINK paths::unlink; UNLINKAT paths::unlinkat; REMOVE paths::remove; RMDIR paths::rmdir;
    MKDIR paths::mkdir; MKDIRAT paths::mkdirat; MKFIFO paths::mkfifo; MKFIFOAT paths::mkfifoat;
    MKNOD paths::mknod; MKNODAT paths::mknodat; XMKNOD paths::__xmknod; XMKNODAT paths::__xmknodat;
    UTIME paths::utime; UTIMES paths::utimes; LUTIMES paths::lutimes; FUTIMESAT paths::futimesat;
    UTIMENSAT paths::utimensat; SETXATTR paths::setxattr; LSETXATTR paths::lsetxattr;
    REMOVEXATTR paths::removexattr; LREMOVEXATTR paths::lremovexattr;
    TRUNCATE paths::truncate; TRUNCATE64 paths::truncate64;
    CHMOD paths::chmod; FCHMODAT paths::fchmodat; CHOWN paths::chown; LCHOWN paths::lchown;
    FCHMOD opened::fchmod; FCHOWN opened::fchown; FUTIMENS opened::futimens; FUTIMES opened::futimes;
    FSETXATTR opened::fsetxattr; FREMOVEXATTR opened::fremovexattr;
    FCHOWNAT paths::fchownat; RENAME paths::rename; RENAMEAT paths::renameat; RENAMEAT2 paths::renameat2;
    MKSTEMP temporary::mkstemp; MKSTEMP64 temporary::mkstemp64;
    MKOSTEMP temporary::mkostemp; MKOSTEMP64 temporary::mkostemp64;
    MKSTEMPS temporary::mkstemps; MKSTEMPS64 temporary::mkstemps64;
    MKOSTEMPS temporary::mkostemps; MKOSTEMPS64 temporary::mkostemps64;
    MKDTEMP temporary::mkdtemp; TMPFILE temporary::tmpfile; TMPFILE64 temporary::tmpfile64;
    LINK paths::link; LINKAT paths::linkat; SYMLINK paths::symlink; SYMLINKAT paths::symlinkat;
    CONNECT network::connect; BIND network::bind; SENDTO network::sendto; SENDMSG network::sendmsg;
    SENDMMSG network::sendmmsg; SOCKET network::socket; LISTEN network::listen;
    RECVMSG received::recvmsg; RECVMMSG received::recvmmsg;
    GETADDRINFO host::getaddrinfo; GETHOSTBYNAME host::gethostbyname; GETHOSTBYNAME2 host::gethostbyname2;
    GETHOSTBYNAME_R host::gethostbyname_r; GETHOSTBYNAME2_R host::gethostbyname2_r;
    GETADDRINFO_A lookup::getaddrinfo_a; GAI_ERROR lookup::gai_error; GETNAMEINFO lookup::getnameinfo;
    GETHOSTBYADDR lookup::gethostbyaddr; GETHOSTBYADDR_R lookup::gethostbyaddr_r;
    RES_QUERY query::res_query; RES_SEARCH query::res_search; RES_QUERYDOMAIN query::res_querydomain;
    RES_SEND query::res_send; RES_NQUERY query::res_nquery; RES_NSEARCH query::res_nsearch;
    RES_NQUERYDOMAIN query::res_nquerydomain; RES_NSEND query::res_nsend;
    EXECVE process::execve; EXECV process::execv; EXECVP process::execvp; EXECVPE process::execvpe;
    EXECVEAT process::execveat; FEXECVE process::fexecve;
    EXECL variadic::execl; EXECLP variadic::execlp; EXECLE variadic::execle;
    POSIX_SPAWN spawn::posix_spawn; POSIX_SPAWNP spawn::posix_spawnp;
    SYSTEM shell::system; POPEN shell::popen; WORDEXP shell::wordexp;
    DLOPEN code::dlopen; DLMOPEN code::dlmopen; DLSYM self::dlsym; DLVSYM self::dlvsym; SYSCALL raw::syscall;
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn dlsym(handle: *mut c_void, name: Text) -> *mut c_void {
    naked_asm!(
        "push rdi", "push rsi", "push rdx", "call {judge}", "pop rdx", "pop rsi", "pop rdi", "jmp rax",
        judge = sym lookup_of_name,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn dlvsym(handle: *mut c_void, name: Text, version: Text) -> *mut c_void {
    naked_asm!(
        "push rdi", "push rsi", "push rdx", "call {judge}", "pop rdx", "pop rsi", "pop rdi", "jmp rax",
        judge = sym lookup_of_version,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn dlsym(handle: *mut c_void, name: Text) -> *mut c_void {
    naked_asm!(
        "stp x29, x30, [sp, #-32]!", "mov x29, sp", "stp x0, x1, [sp, #16]", "bl {judge}", "mov x16, x0",
        "ldp x0, x1, [sp, #16]", "ldp x29, x30, [sp], #32", "br x16",
        judge = sym lookup_of_name,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn dlvsym(handle: *mut c_void, name: Text, version: Text) -> *mut c_void {
    naked_asm!(
        "stp x29, x30, [sp, #-48]!", "mov x29, sp", "stp x0, x1, [sp, #16]", "str x2, [sp, #32]", "bl {judge}",
        "mov x16, x0", "ldp x0, x1, [sp, #16]", "ldr x2, [sp, #32]", "ldp x29, x30, [sp], #48", "br x16",
        judge = sym lookup_of_version,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::raw::NUMBERED;

    /// What libc makes of other calls, or what has no number.
    const WITHOUT_NUMBER: [&str; 55] = [
        "futimens",
        "futimes",
        "fopen",
        "freopen",
        "remove",
        "mkfifo",
        "mkfifoat",
        "__xmknod",
        "__xmknodat",
        "lutimes",
        "mkstemp",
        "mkostemp",
        "mkstemps",
        "mkostemps",
        "mkdtemp",
        "tmpfile",
        "getaddrinfo",
        "gethostbyname",
        "gethostbyname2",
        "gethostbyname_r",
        "gethostbyname2_r",
        "getaddrinfo_a",
        "gai_error",
        "getnameinfo",
        "gethostbyaddr",
        "gethostbyaddr_r",
        "res_query",
        "res_search",
        "res_querydomain",
        "res_send",
        "res_nquery",
        "res_nsearch",
        "res_nquerydomain",
        "res_nsend",
        "execv",
        "execvp",
        "execvpe",
        "execl",
        "execlp",
        "execle",
        "fexecve",
        "posix_spawn",
        "posix_spawnp",
        "system",
        "popen",
        "wordexp",
        "dlopen",
        "dlmopen",
        "dlsym",
        "dlvsym",
        "syscall",
        "__open_2",
        "__openat_2",
        "__open64_2",
        "__openat64_2",
    ];
    /// What has no function of this name.
    const WITHOUT_FUNCTION: [&str; 3] = ["openat2", "fchmodat2", "io_uring_setup"];

    #[test]
    fn each_function_that_is_judged_is_judged_by_its_number_too() {
        for name in OURS {
            let plain = name.strip_suffix("64").unwrap_or(name);
            let is_numbered = NUMBERED.contains(&plain);
            assert!(is_numbered != WITHOUT_NUMBER.contains(&plain), "{name}");
        }
        for name in NUMBERED {
            assert!(
                OURS.contains(name) != WITHOUT_FUNCTION.contains(name),
                "{name}"
            );
        }
    }
}
