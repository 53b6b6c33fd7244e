//! Memory of the wall's own: no lock, no call of the function's `malloc`, safe in signal handlers, between `fork` and
//! `exec` in a process with threads, and in a child of `vfork`, which shares its parent's memory.
//!
//! Blocks have sizes of powers of two and come from one range of addresses; each size has a list of free blocks, whose
//! head is a tag and an offset, so that a head that was taken and put back meanwhile is not taken for the same.

use crate::kernel;
use std::alloc::{GlobalAlloc, Layout};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Addresses that are kept for small blocks; the memory behind them is taken page by page.
const RANGE: usize = 32 << 20;
const SMALLEST: usize = 16;
/// Blocks of 16 bytes to 64 KB; what is larger is mapped by itself.
const SIZES: usize = 13;
const LARGEST: usize = SMALLEST << (SIZES - 1);
const PAGE: usize = 4_096;

static BASE: AtomicUsize = AtomicUsize::new(0);
/// How much of the range was ever given out; the first block is none, since offset 0 ends a list.
static USED: AtomicUsize = AtomicUsize::new(SMALLEST);
static FREE: [AtomicU64; SIZES] = [const { AtomicU64::new(0) }; SIZES];

/// The allocator of this library.
pub struct Allocator;

// SAFETY: a block is given to one owner at a time: the list's head changes with its tag at each taking, and what was
// never given out is cut off by one atomic addition. Blocks of the range are aligned to their size, mappings to pages.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match size_class(layout) {
            Some(class) => taken(class)
                .or_else(|| fresh(class))
                .unwrap_or_else(|| mapped(layout)),
            None => mapped(layout),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let offset = (block as usize).wrapping_sub(BASE.load(Ordering::Relaxed));
        match size_class(layout) {
            Some(class) if offset < RANGE => give_back(class, offset),
            // SAFETY: the owner gives it up; `mapped` made it of this size.
            _ => unsafe { kernel::unmap(block, pages(layout)) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
            return ptr::null_mut();
        };
        let class = size_class(layout);
        if class.is_some() && class == size_class(wanted) {
            return block;
        }
        // SAFETY: a new block of the wanted size, and the old one, which holds what is copied and is then given up.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// Which of the sizes a block is of; none where it is mapped by itself.
fn size_class(layout: Layout) -> Option<usize> {
    let size = layout.size().max(layout.align()).max(SMALLEST);
    let class = size.next_power_of_two().trailing_zeros() - SMALLEST.trailing_zeros();
    (size <= LARGEST).then_some(class as usize)
}

/// A block that was given back before.
fn taken(class: usize) -> Option<*mut u8> {
    let base = base()?;
    let list = &FREE[class];
    let mut head = list.load(Ordering::Acquire);
    loop {
        let block = base + offset_of(head)?;
        // SAFETY: the block is in the range, which stays mapped. Where another took it meanwhile, what is read here is
        // no offset, and the exchange below fails by the tag.
        let next = unsafe { (*(block as *const AtomicU32)).load(Ordering::Relaxed) };
        let after = tagged(head, next);
        match list.compare_exchange_weak(head, after, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return Some(block as *mut u8),
            Err(now) => head = now,
        }
    }
}

fn give_back(class: usize, offset: usize) {
    let number = u32::try_from(offset / SMALLEST).unwrap_or(0);
    let block = BASE.load(Ordering::Relaxed) + offset;
    let list = &FREE[class];
    let mut head = list.load(Ordering::Acquire);
    loop {
        let next = u32::try_from(head & u64::from(u32::MAX)).unwrap_or(0);
        // SAFETY: the block is in the range, its owner gave it up, and it is no one else's before the exchange below.
        unsafe { (*(block as *const AtomicU32)).store(next, Ordering::Relaxed) };
        let after = tagged(head, number);
        match list.compare_exchange_weak(head, after, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(now) => head = now,
        }
    }
}

/// A head of a list: the tag of the one before it and one more, and the number of a block.
fn tagged(before: u64, number: u32) -> u64 {
    ((before >> 32).wrapping_add(1) << 32) | u64::from(number)
}

fn offset_of(head: u64) -> Option<usize> {
    let number = usize::try_from(head & u64::from(u32::MAX)).ok()?;
    (number != 0).then_some(number * SMALLEST)
}

/// A block that nobody had yet.
fn fresh(class: usize) -> Option<*mut u8> {
    let base = base()?;
    let size = SMALLEST << class;
    let cut = |used: usize| {
        let start = used.next_multiple_of(size);
        (start + size <= RANGE).then_some(start + size)
    };
    let before = USED
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, cut)
        .ok()?;
    Some((base + before.next_multiple_of(size)) as *mut u8)
}

/// Where the range begins, aligned to the largest block.
fn base() -> Option<usize> {
    let base = BASE.load(Ordering::Relaxed);
    if base != 0 {
        return Some(base);
    }
    let whole = RANGE + LARGEST;
    let at = kernel::sparse_memory(whole)?;
    let made = (at as usize).next_multiple_of(LARGEST);
    match BASE.compare_exchange(0, made, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => Some(made),
        Err(others) => {
            // SAFETY: nobody knows of this one.
            unsafe { kernel::unmap(at, whole) };
            Some(others)
        }
    }
}

fn pages(layout: Layout) -> usize {
    layout.size().max(1).next_multiple_of(PAGE)
}

/// A mapping of its own; null where the alignment is more than a page's, or there is no memory.
fn mapped(layout: Layout) -> *mut u8 {
    let is_aligned = layout.align() <= PAGE;
    let memory = is_aligned.then(|| kernel::memory(pages(layout))).flatten();
    memory.unwrap_or(ptr::null_mut())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_aligned_and_as_large_as_asked() {
        for (size, align) in [
            (1, 1),
            (16, 16),
            (17, 8),
            (100, 64),
            (4_096, 4_096),
            (65_536, 16),
            (65_537, 16),
        ] {
            let layout = Layout::from_size_align(size, align).unwrap();
            // SAFETY: the layout is not empty; the block is given back once.
            unsafe {
                let block = Allocator.alloc(layout);
                assert!(
                    !block.is_null() && (block as usize).is_multiple_of(align),
                    "{size} {align}"
                );
                ptr::write_bytes(block, 7, size);
                Allocator.dealloc(block, layout);
            }
        }
    }

    #[test]
    fn no_block_has_two_owners_at_a_time() {
        let workers: Vec<_> = (0..4_u8)
            .map(|me| {
                std::thread::spawn(move || {
                    for round in 0..20_000_usize {
                        let mine = vec![me; 1 + round % 300];
                        let other = vec![!me; 1 + round % 40];
                        assert!(
                            mine.iter().all(|byte| *byte == me)
                                && other.iter().all(|byte| *byte == !me)
                        );
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .for_each(|worker| worker.join().unwrap());
    }

    #[test]
    fn what_was_given_back_is_given_out_again_and_what_the_range_lacks_is_found_elsewhere() {
        let before = USED.load(Ordering::Relaxed);
        for _ in 0..10_000 {
            std::hint::black_box(vec![0_u8; 20_000]);
        }
        assert!(USED.load(Ordering::Relaxed) - before < 8 << 20);
        let all: Vec<Vec<u8>> = (0..700)
            .map(|n| vec![u8::try_from(n % 251).unwrap(); 60_000])
            .collect();
        assert!(
            all.iter()
                .enumerate()
                .all(|(n, one)| one.iter().all(|byte| usize::from(*byte) == n % 251))
        );
    }
}
