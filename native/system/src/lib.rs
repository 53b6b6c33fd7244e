//! How this system reads names: the path that an open reaches, the program that a call starts. It asks the file
//! system, and changes nothing.

pub mod paths;
pub mod process;
