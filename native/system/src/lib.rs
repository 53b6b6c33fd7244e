//! How this system reads names: the path that an open reaches, the program that a call starts; and which policy is in
//! force. It asks the file system, and changes nothing.

pub mod paths;
pub mod preload;
pub mod process;
pub mod secrets;
pub mod surroundings;
