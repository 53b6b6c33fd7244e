//! An environment that became several: one that was restored from a snapshot, or a process that the runtime's client
//! forked to serve. Its processes get a setting and a memory of their own, so that no record is told by another's name.

use crate::carry::Carry;
use crate::kernel;
use crate::owner::{place, shown, word};
use crate::wall::Wall;

/// The wall that stands in the place of `wall` from now on; none where there is no room for it.
pub fn renewed(wall: &Wall) -> Option<Wall> {
    let mut random = [0; 48];
    if !kernel::draw(&mut random) {
        return None;
    }
    let words: Vec<u64> = random.chunks_exact(8).map(word).collect();
    let mut setting = wall.setting.clone();
    setting.seed = words[0];
    setting.nonce = words[1];
    setting.key = [words[2], words[3]];
    setting.origin.environment = format!("{:016x}{:016x}", words[4], words[5]);
    setting.owner = kernel::process_id();
    setting.has_workers = false;
    let (setting, file, shared) = shown(setting)?;
    let carry = Carry::new(wall.carry.library(), &place(&setting, file))?;
    Some(Wall::new(setting, file, shared, carry, wall.free.clone()))
}
