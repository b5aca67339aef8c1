//! What a call points at. The kernel reads it for us, so that a wrong pointer is an error and nothing worse.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

const PATH_MAX: usize = 4096;

pub(super) struct Memory(File);

impl Memory {
    /// This process's own.
    pub(super) fn open() -> std::io::Result<Self> {
        File::open("/proc/self/mem").map(Self)
    }

    /// A string, as far as it can be read.
    pub(super) fn string(&self, address: u64) -> Option<String> {
        let mut bytes = Vec::new();
        while bytes.len() < PATH_MAX {
            let mut byte = [0];
            self.0.read_exact_at(&mut byte, address.checked_add(bytes.len() as u64)?).ok()?;
            if byte == [0] {
                break;
            }
            bytes.extend(byte);
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Bytes, if all of them can be read.
    pub(super) fn bytes(&self, address: u64, count: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.0.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }
}
