//! What a guard in the same process shares with the wall. It finds these functions by their names, if the wall is there.

use crate::provenance;
use crate::renewed::renewed;
use crate::wall::wall;
use crate::whole;
use crate::{children, kernel};
use hauberk_core::activity::Kind;
use hauberk_core::afterwards::is_attack;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU32;

/// Some bytes.
///
/// # Safety
/// So many are there.
unsafe fn bytes<'a>(start: *const u8, length: usize) -> &'a [u8] {
    // SAFETY: what the caller vouches for.
    if start.is_null() {
        b""
    } else {
        unsafe { std::slice::from_raw_parts(start, length) }
    }
}

/// Writes the 32 hexadecimal digits by which this environment's records are known, which a guard is to use too, and
/// leaves it to that guard to announce them. 0 where no wall stands.
///
/// # Safety
/// There is room for 32 bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_environment(room: *mut u8) -> i32 {
    let Some(wall) = wall() else {
        return 0;
    };
    let environment = wall.setting.origin.environment.as_bytes();
    if environment.len() != 32 {
        return 0;
    }
    wall.shared.is_to_be_announced();
    whole::keep(wall);
    // SAFETY: what the caller vouches for.
    unsafe { std::ptr::copy_nonoverlapping(environment.as_ptr(), room, environment.len()) };
    1
}

/// Draws anew what this process and those below it are known by, and gives them a memory of their own; a guard is to
/// announce it. 0 where no wall stands, or there is no room for that.
///
/// # Safety
/// None is needed; it is called by another language.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_renew() -> i32 {
    let renewed = wall().and_then(renewed);
    i32::from(renewed.map(|wall| whole::keep(wall.raise())).is_some())
}

/// Writes which wall holds what, `kind=word` on each line, and says how many bytes that are; no more than there is room
/// for.
///
/// # Safety
/// There is room for so many bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_by_kind(room: *mut u8, size: usize) -> usize {
    let Some(wall) = wall() else { return 0 };
    let walls = wall.setting.walls.iter();
    let text: String = walls
        .map(|(name, word)| format!("{name}={word}\n"))
        .collect();
    let length = text.len().min(size);
    // SAFETY: what the caller vouches for.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), room, length) };
    length
}

/// Opens an invocation for all processes of the environment.
///
/// # Safety
/// So many bytes are there.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_turn_to(request_id: *const u8, length: usize) {
    if let Some(wall) = wall() {
        // SAFETY: what the caller vouches for.
        wall.shared.turn_to(unsafe { bytes(request_id, length) });
        if length != 0 && kernel::process_id() == wall.setting.owner {
            let look = AssertUnwindSafe(|| children::look(wall));
            let _ = catch_unwind(look);
        }
    }
}

/// A guard is about to tell of an activity: 1 where nobody has told of it yet; from now on the wall does not.
///
/// # Safety
/// So many bytes are there each time.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_told(
    kind: u8,
    operation: *const u8,
    operation_length: usize,
    target: *const u8,
    target_length: usize,
) -> i32 {
    let (Some(wall), Some(kind)) = (wall(), Kind::ALL.get(usize::from(kind))) else {
        return 1;
    };
    // SAFETY: what the caller vouches for.
    let (operation, target) = unsafe {
        (
            bytes(operation, operation_length),
            bytes(target, target_length),
        )
    };
    let number = wall.number(&[&[*kind as u8], operation, target]);
    i32::from(wall.shared.is_new(number))
}

/// A guard tells of an attack: the wall does not tell of the same in this moment, and what comes now teaches nothing.
///
/// # Safety
/// So many bytes are there each time.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_detected(
    detector: *const u8,
    detector_length: usize,
    operation: *const u8,
    operation_length: usize,
    target: *const u8,
    target_length: usize,
) {
    let Some(wall) = wall() else { return };
    // SAFETY: what the caller vouches for.
    let parts = unsafe {
        [
            bytes(detector, detector_length),
            bytes(operation, operation_length),
            bytes(target, target_length),
        ]
    };
    if std::str::from_utf8(parts[0]).is_ok_and(is_attack) {
        wall.shared.attacked();
    }
    wall.shared.counted(wall.number(&parts), kernel::now_ms());
}

/// Puts 1 into a guard's own number once a library may be here that is no part of the package; until then there is
/// nothing to ask.
///
/// # Safety
/// The number stays.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_tell_of_foreign(number: *const AtomicU32) {
    // SAFETY: what the caller vouches for.
    if let (Some(wall), Some(number)) = (wall(), unsafe { number.as_ref() }) {
        let _ = catch_unwind(AssertUnwindSafe(|| provenance::tell(wall, number)));
    }
}

/// Writes the file of the innermost library on this thread's stack that is no part of the package, no more than there is
/// room for, and says how many bytes that are; 0 where there is none.
///
/// # Safety
/// There is room for so many bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hauberk_wall_foreign(room: *mut u8, size: usize) -> usize {
    let found = wall().and_then(|wall| {
        let look = AssertUnwindSafe(|| provenance::foreign(wall));
        catch_unwind(look).ok().flatten()
    });
    let file = found.unwrap_or_default();
    let length = file.len().min(size);
    // SAFETY: what the caller vouches for.
    unsafe { std::ptr::copy_nonoverlapping(file.as_ptr(), room, length) };
    length
}
