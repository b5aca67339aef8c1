//! Choices made from bytes; when they are used up, every choice is the first.

/// What is left of the input.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(u16::from_le_bytes([self.byte(), self.byte()])) % end
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    pub(crate) fn word(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    pub(crate) fn slice(&mut self, most: usize) -> &'a [u8] {
        let length = self.below(most + 1).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// A number of the kind that arguments have: small, a descriptor's, where words end, or any.
    pub(crate) fn argument(&mut self) -> u64 {
        const ENDS: [u64; 8] = [0, 1, 0x1000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_ffff_ffff_ff9c, u64::MAX];
        match self.byte() % 4 {
            0 => self.byte().into(),
            1 => 600 + u64::from(self.byte() % 16),
            2 => self.of(&ENDS),
            _ => self.word(),
        }
    }
}
