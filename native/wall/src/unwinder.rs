//! What the unwinder that is linked into the library would ask of two further libraries, which each process would load.
//!
//! It locks the frames that programs tell it of, which nobody does: those of ours are in the library's own table. It asks
//! for the names of functions where it is told to print them.

use std::arch::global_asm;

macro_rules! answering_nothing {
    ($($name:literal)*) => {
        $(
            #[cfg(target_arch = "x86_64")]
            global_asm!(concat!(".hidden ", $name), concat!(".globl ", $name), concat!($name, ":"), "xor eax, eax", "ret");
            #[cfg(target_arch = "aarch64")]
            global_asm!(concat!(".hidden ", $name), concat!(".globl ", $name), concat!($name, ":"), "mov w0, #0", "ret");
        )*
    };
}

answering_nothing! { "pthread_rwlock_rdlock" "pthread_rwlock_wrlock" "pthread_rwlock_unlock" "dladdr" }
