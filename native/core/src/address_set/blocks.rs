//! Many numbers in ascending order, packed: 64 share a block, in which each is the distance to the first, without the
//! zeros that all of them end with, in as many bytes as the last one needs.

/// Numbers of a block; the last one has as many as are left.
const PER_BLOCK: usize = 64;
/// Bytes of a block's head in a file: its first number, how wide and how far shifted the others are.
const HEAD_BYTES: usize = 18;

/// Numbers that can be searched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Blocks {
    count: usize,
    firsts: Box<[u128]>,
    rows: Box<[Row]>,
    packed: Box<[u8]>,
}

/// How the numbers of one block stand in the packed bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Row {
    start: u32,
    width: u8,
    shift: u8,
}

impl Blocks {
    /// Packs numbers that ascend.
    pub(super) fn pack(numbers: &[u128]) -> Blocks {
        let (mut rows, mut packed) = (Vec::new(), Vec::new());
        for block in numbers.chunks(PER_BLOCK) {
            let (first, last) = (block[0], block[block.len() - 1]);
            let all = block.iter().fold(0, |all, number| all | (number - first));
            let shift = if all == 0 { 0 } else { all.trailing_zeros() };
            let width = (128 - ((last - first) >> shift).leading_zeros()).div_ceil(8);
            rows.push(Row {
                start: u32::try_from(packed.len()).unwrap_or(u32::MAX),
                width: u8::try_from(width).unwrap_or(16),
                shift: u8::try_from(shift).unwrap_or(0),
            });
            for number in block {
                let distance = ((number - first) >> shift).to_le_bytes();
                packed.extend_from_slice(&distance[..width as usize]);
            }
        }
        Blocks {
            count: numbers.len(),
            firsts: numbers.iter().copied().step_by(PER_BLOCK).collect(),
            rows: rows.into_boxed_slice(),
            packed: packed.into_boxed_slice(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Where the last number is that is not above `number`.
    pub(super) fn at_or_below(&self, number: u128) -> Option<usize> {
        let block = self
            .firsts
            .partition_point(|first| *first <= number)
            .checked_sub(1)?;
        let start = block * PER_BLOCK;
        let (mut low, mut high) = (start, (start + PER_BLOCK).min(self.count));
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(|one| one <= number) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(low)
    }

    pub(super) fn get(&self, index: usize) -> Option<u128> {
        if index >= self.count {
            return None;
        }
        let block = index / PER_BLOCK;
        let Row {
            start,
            width,
            shift,
        } = *self.rows.get(block)?;
        let start = start as usize + usize::from(width) * (index % PER_BLOCK);
        let bytes = self.packed.get(start..start + usize::from(width))?;
        let mut distance = [0; 16];
        distance[..bytes.len()].copy_from_slice(bytes);
        let distance = u128::from_le_bytes(distance) << shift;
        Some(self.firsts.get(block)?.wrapping_add(distance))
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_of_val(&*self.firsts) + size_of_val(&*self.rows) + self.packed.len()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let count = u32::try_from(self.count).unwrap_or(u32::MAX);
        out.extend_from_slice(&count.to_le_bytes());
        for (first, row) in self.firsts.iter().zip(&self.rows) {
            out.extend_from_slice(&first.to_le_bytes());
            out.extend_from_slice(&[row.width, row.shift]);
        }
        out.extend_from_slice(&self.packed);
    }

    /// Reads what was written from the start of `bytes`, which are what is behind it then. None where the lengths do not
    /// fit or the blocks do not ascend; a number that is wrong makes answers wrong, and nothing else.
    pub(super) fn read(bytes: &mut &[u8]) -> Option<Blocks> {
        let count = u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?) as usize;
        let heads = take(bytes, count.div_ceil(PER_BLOCK).checked_mul(HEAD_BYTES)?)?;
        let (mut firsts, mut rows, mut end) = (Vec::new(), Vec::new(), 0_usize);
        for (block, head) in heads.chunks(HEAD_BYTES).enumerate() {
            let (first, form) = head.split_at(16);
            firsts.push(u128::from_le_bytes(first.try_into().ok()?));
            let (width, shift) = (form[0], form[1]);
            if width > 16 || shift > 127 {
                return None;
            }
            rows.push(Row {
                start: u32::try_from(end).ok()?,
                width,
                shift,
            });
            end += usize::from(width) * PER_BLOCK.min(count - block * PER_BLOCK);
        }
        if !firsts.is_sorted() {
            return None;
        }
        Some(Blocks {
            count,
            firsts: firsts.into_boxed_slice(),
            rows: rows.into_boxed_slice(),
            packed: take(bytes, end)?.into(),
        })
    }
}

/// Cuts `length` bytes off the front.
fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(front)
}
