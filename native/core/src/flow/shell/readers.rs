//! Programs whose options are values like any other: none of them writes, starts or sends anything.

use super::grammar::file_name;

const READERS: [&[u8]; 36] = [
    b"basename",
    b"cat",
    b"cksum",
    b"cmp",
    b"comm",
    b"cut",
    b"df",
    b"dirname",
    b"du",
    b"echo",
    b"egrep",
    b"expr",
    b"false",
    b"fgrep",
    b"fold",
    b"grep",
    b"head",
    b"id",
    b"ls",
    b"md5sum",
    b"nl",
    b"od",
    b"printf",
    b"pwd",
    b"readlink",
    b"realpath",
    b"seq",
    b"sha1sum",
    b"sha256sum",
    b"stat",
    b"strings",
    b"tac",
    b"tail",
    b"true",
    b"uname",
    b"wc",
];

/// Does the program with this name only read and tell, whatever its options?
pub fn only_reads(program: &[u8]) -> bool {
    READERS.binary_search(&file_name(program)).is_ok()
}
