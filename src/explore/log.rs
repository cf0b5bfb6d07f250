//! Where each world came from.

/// How many entries lie together.
const CHUNK: usize = 1 << 18;

/// For each world the number of the world before it, and what was done there as a code.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Vec<(u32, u32)>>,
}

impl Log {
    pub(super) fn push(&mut self, parent: u32, code: u32) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push((parent, code));
        }
    }

    /// The world before this one, and what was done there. The first world is its own parent.
    pub(super) fn get(&self, world: u32) -> Option<(u32, u32)> {
        self.chunks.get(world as usize / CHUNK)?.get(world as usize % CHUNK).copied()
    }

    /// What was done from the first world to this one.
    pub(super) fn codes_to(&self, mut world: u32) -> Vec<u32> {
        let mut codes = Vec::new();
        while let Some((parent, code)) = self.get(world).filter(|(parent, _)| *parent != world) {
            codes.push(code);
            world = parent;
        }
        codes.reverse();
        codes
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<(u32, u32)>()
    }
}
