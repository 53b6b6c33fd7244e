//! The Hauberk core: pure decisions over bytes and frozen values. It opens no file, no connection,
//! reads no clock and no environment; what it needs is passed in. Nothing here panics on any input.

pub mod act;
pub mod activity;
pub mod address;
pub mod address_set;
pub mod attack_path;
mod batch;
mod card_number;
mod clock;
mod dangerous_global;
pub mod engine;
pub mod envelope;
pub mod flow;
mod found;
pub mod gap;
mod hosts;
pub mod inputs;
pub mod inspection;
pub mod json;
pub mod judge;
mod known;
mod ledger;
mod password_option;
pub mod pattern;
pub mod policy;
mod reading;
pub mod record;
pub mod redact;
mod repeats;
pub mod scan;
mod script_line;
mod show;
mod signs;
pub mod source_list;
mod strongest;
mod work;
