//! The Hauberk core: pure decisions over bytes and frozen values. It opens no file, no connection,
//! reads no clock and no environment; what it needs is passed in. Nothing here panics on any input.

pub mod address_set;
pub mod flow;
pub mod scan;
