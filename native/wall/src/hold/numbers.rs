//! The numbers of system calls that the filter knows, of each architecture that asks this kernel.

/// Calls that have the same numbers everywhere.
pub const RING: [u32; 3] = [425, 426, 427];
/// `open_tree`, `move_mount`, `fsopen`, `fsconfig`, `fsmount`, `fspick`, `mount_setattr`, `open_tree_attr`.
pub const NEW_MOUNTS: [u32; 8] = [428, 429, 430, 431, 432, 433, 442, 467];

/// The numbers of one architecture.
pub struct Numbers {
    /// As the kernel names it to the filter (`linux/audit.h`).
    pub architecture: u32,
    /// `execve`, `execveat`.
    pub starts: [u32; 2],
    /// `ptrace`, `process_vm_readv`, `process_vm_writev`, `open_by_handle_at`, `mount`, `umount2`, `pivot_root`,
    /// `kexec_load`, `kexec_file_load`, `init_module`, `finit_module`, `delete_module`, `bpf`, `userfaultfd`; the last
    /// again where there is no such call.
    pub undoing: [u32; 14],
    /// `socket`, `sendto`, `sendmsg`, `sendmmsg`.
    pub sockets: [u32; 4],
}

pub const X86_64: Numbers = Numbers {
    architecture: 0xC000_003E,
    starts: [59, 322],
    undoing: [
        101, 310, 311, 304, 165, 166, 155, 246, 320, 175, 313, 176, 321, 323,
    ],
    sockets: [41, 44, 46, 307],
};
/// The numbers of 32-bit programs, which any program may use by `int 0x80`.
pub const I386: Numbers = Numbers {
    architecture: 0x4000_0003,
    starts: [11, 358],
    undoing: [
        26, 347, 348, 342, 21, 52, 217, 283, 374, 128, 350, 129, 357, 374,
    ],
    sockets: [359, 369, 370, 345],
};
pub const AARCH64: Numbers = Numbers {
    architecture: 0xC000_00B7,
    starts: [221, 281],
    undoing: [
        117, 270, 271, 265, 40, 39, 41, 104, 294, 105, 273, 106, 280, 282,
    ],
    sockets: [198, 206, 211, 269],
};
pub const ARM: Numbers = Numbers {
    architecture: 0x4000_0028,
    starts: [11, 387],
    undoing: [
        26, 376, 377, 371, 21, 52, 218, 347, 401, 128, 379, 129, 386, 388,
    ],
    sockets: [281, 290, 296, 374],
};

pub const OF_INTEL: [Numbers; 2] = [X86_64, I386];
pub const OF_ARM: [Numbers; 2] = [AARCH64, ARM];
/// This machine's own numbers, and those of the 32-bit programs that it may run.
pub const HERE: [Numbers; 2] = if cfg!(target_arch = "x86_64") {
    OF_INTEL
} else {
    OF_ARM
};
/// From this number on the calls of x86_64 are those of its variant with short pointers, which few kernels have.
pub const SHORT_POINTERS: u32 = 0x4000_0000;
/// One call for all of sockets, in the numbers of 32-bit programs: its arguments are out of reach.
pub const SOCKETCALL: (u32, u32) = (I386.architecture, 102);
