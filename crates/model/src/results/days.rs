//! Values by event and day of the event window.

/// Events per block.
const BLOCK: usize = 256;

/// A run of values per event, all of one length, in blocks of events: columns of many events join without
/// being copied.
#[derive(Clone, Debug)]
pub struct DayColumn<T> {
    blocks: Vec<Vec<T>>,
    /// Events.
    events: usize,
    days: usize,
}

impl<T: Copy> DayColumn<T> {
    /// A column without events, whose runs have so many values.
    pub(super) fn new(days: usize) -> Self {
        Self { blocks: Vec::new(), events: 0, days }
    }

    /// The values of an event.
    ///
    /// # Panics
    /// The column was not kept, or has fewer events: a mistake of the caller.
    pub fn of(&self, event: usize) -> &[T] {
        let place = event % BLOCK * self.days;
        &self.blocks[event / BLOCK][place..place + self.days]
    }

    /// Adds an event with the values that `write` pushes.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Vec<T>)) {
        if self.events.is_multiple_of(BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK * self.days));
        }
        if let Some(block) = self.blocks.last_mut() {
            write(block);
            debug_assert_eq!(block.len(), (self.events % BLOCK + 1) * self.days, "a value for every day");
        }
        self.events += 1;
    }

    /// Adds the events of another column after these.
    pub(super) fn append(&mut self, mut other: Self) {
        if self.events.is_multiple_of(BLOCK) {
            self.blocks.append(&mut other.blocks);
            self.events += other.events;
        } else {
            (0..other.events).for_each(|event| self.push(|block| block.extend_from_slice(other.of(event))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_join_at_the_ends_of_blocks_and_within_them() {
        for (first, second) in [(0, 3), (BLOCK, 700), (10, BLOCK), (BLOCK - 1, 2), (2 * BLOCK + 5, 0)] {
            let column = |events: std::ops::Range<usize>| {
                let mut column = DayColumn::new(2);
                events.for_each(|event| column.push(|block| block.extend([event, 1000 + event])));
                column
            };
            let mut joined = column(0..first);
            joined.append(column(first..first + second));
            joined.push(|block| block.extend([first + second, 1000 + first + second]));
            for event in 0..=first + second {
                assert_eq!(joined.of(event), [event, 1000 + event], "{first} and {second}");
            }
        }
    }
}
