//! Values by event, in blocks: columns of many events join without being copied.

use std::ops::Index;

/// Events per block: results of so many at a time join without being copied.
pub const BLOCK: usize = 256;

/// A run of values per event, all runs of one length, perhaps of one value.
#[derive(Clone, Debug)]
pub struct EventColumn<T> {
    /// All full but the last.
    blocks: Vec<Vec<T>>,
    per_event: usize,
}

impl<T> EventColumn<T> {
    /// A column without events, whose runs have so many values.
    pub(super) fn new(per_event: usize) -> Self {
        Self { blocks: Vec::new(), per_event }
    }

    #[inline]
    fn full(&self) -> usize {
        BLOCK * self.per_event.max(1)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * self.full() + last.len())
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The value of an event, in a column with one per event; `None` where it was not kept.
    pub fn get(&self, event: usize) -> Option<&T> {
        self.blocks.get(event / BLOCK)?.get(event % BLOCK)
    }

    /// The values in their order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flatten()
    }

    /// The values of an event.
    ///
    /// # Panics
    /// The column was not kept, or has fewer events: a mistake of the caller.
    pub fn of(&self, event: usize) -> &[T] {
        if self.per_event == 0 {
            return &[];
        }
        let place = event % BLOCK * self.per_event;
        &self.blocks[event / BLOCK][place..place + self.per_event]
    }

    /// Adds the values of one event, or some of them.
    pub(super) fn extend(&mut self, values: impl IntoIterator<Item = T>) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.room().extend(values);
        }
        let full = self.full();
        debug_assert!(self.blocks.last().is_none_or(|last| last.len() <= full), "events do not straddle blocks");
    }

    /// Adds a value.
    pub(super) fn push(&mut self, value: T) {
        self.room().push(value);
    }

    /// The block that takes the values of the next event.
    #[inline]
    fn room(&mut self) -> &mut Vec<T> {
        let full = self.full();
        if self.blocks.last().is_none_or(|last| last.len() >= full) {
            self.blocks.push(Vec::with_capacity(full));
        }
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }

    /// Adds the values of one event.
    pub(super) fn extend_from_slice(&mut self, values: &[T])
    where
        T: Copy,
    {
        if !values.is_empty() {
            self.room().extend_from_slice(values);
        }
    }

    /// The values of the events at some places, in that order; none of a column that was not kept.
    pub(super) fn some(&self, places: &[usize]) -> Self
    where
        T: Copy,
    {
        let mut some = Self::new(self.per_event);
        match self.per_event {
            _ if self.is_empty() => {}
            // Of a length that is known when this is compiled, so that none waits for the one before.
            1 => {
                some.blocks
                    .extend(places.chunks(BLOCK).map(|places| places.iter().map(|&place| self[place]).collect()));
            }
            _ => {
                for places in places.chunks(BLOCK) {
                    places.iter().for_each(|&place| fetch(self.of(place)));
                    places.iter().for_each(|&place| some.extend_from_slice(self.of(place)));
                }
            }
        }
        some
    }

    /// Adds the events of another column after these.
    pub(super) fn append(&mut self, mut other: Self) {
        if self.blocks.last().is_none_or(|last| last.len() == self.full()) {
            self.blocks.append(&mut other.blocks);
        } else {
            let mut values = other.blocks.into_iter().flatten().peekable();
            while values.peek().is_some() {
                self.extend(values.by_ref().take(self.per_event.max(1)));
            }
        }
    }
}

/// Looks at values that are soon to be copied: where they lie far from each other, memory answers for many of them at
/// once, which copying one after the other does not let it.
fn fetch<T: Copy>(values: &[T]) {
    for place in [0, values.len() / 2, values.len() - 1] {
        std::hint::black_box(values[place]);
    }
}

/// The value of an event, in a column with one per event.
impl<T> Index<usize> for EventColumn<T> {
    type Output = T;

    fn index(&self, event: usize) -> &T {
        debug_assert_eq!(self.per_event, 1, "one value per event");
        &self.blocks[event / BLOCK][event % BLOCK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_join_at_the_ends_of_blocks_and_within_them() {
        for (first, second) in [(0, 3), (BLOCK, 700), (10, BLOCK), (BLOCK - 1, 2), (2 * BLOCK + 5, 0)] {
            let column = |events: std::ops::Range<usize>| {
                let mut column = EventColumn::new(2);
                events.for_each(|event| column.extend([event, 1000 + event]));
                column
            };
            let mut joined = column(0..first);
            joined.append(column(first..first + second));
            joined.extend([first + second, 1000 + first + second]);
            let events = first + second + 1;
            assert_eq!((joined.len(), joined.iter().count()), (2 * events, 2 * events));
            for event in 0..events {
                assert_eq!(joined.of(event), [event, 1000 + event], "{first} and {second}");
            }
        }
    }

    #[test]
    fn some_events_come_in_the_order_that_is_asked_for() {
        for per_event in [1, 2, 3] {
            let mut column = EventColumn::new(per_event);
            (0..700).for_each(|event| column.extend((0..per_event).map(|value| 10 * event + value)));
            let places: Vec<usize> = (0..600).map(|event| event * 13 % 700).collect();
            let some = column.some(&places);
            assert_eq!(some.len(), 600 * per_event);
            for (event, &place) in places.iter().enumerate() {
                assert_eq!(some.of(event), column.of(place), "{per_event} values per event");
            }
        }
        assert!(EventColumn::<u8>::new(1).some(&[0, 1]).is_empty(), "a column that was not kept");
    }

    #[test]
    fn columns_without_values_stay_empty() {
        let mut column: EventColumn<u8> = EventColumn::new(0);
        column.extend([]);
        column.append(EventColumn::new(0));
        assert!(column.is_empty() && column.of(0).is_empty());
    }
}
