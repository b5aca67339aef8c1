//! The ring that the kernel fills with packets (`TPACKET_V3`, Documentation/networking/packet_mmap.rst).
//!
//! It is made of blocks. A block belongs to the kernel until its status says otherwise, and again as soon as the program
//! has written so.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::socket;
use crate::packet::{Link, Packet};

/// How long a block that is not full waits for more.
pub(super) const RETIRE: Duration = Duration::from_millis(50);

/// A block holds the longest packet, and many of the usual length.
const BLOCK: u32 = 512 << 10;
const BLOCK_LENGTH: usize = BLOCK as usize;
/// One to be filled while the other is read.
const BLOCKS_MIN: u32 = 2;

/// Required to be a divisor of the block's length; packets are as long as they are.
const FRAME: u32 = 2048;

/// Where the tag stands that the kernel took out of an Ethernet frame.
const TAG_OFFSET: usize = 12;
const TAG_DEFAULT: u16 = 0x8100;

/// Blocks of memory that are shared with the kernel.
#[derive(Debug)]
pub(super) struct Ring {
    memory: NonNull<u8>,
    /// How many there are.
    blocks: u32,
    /// The block that is filled next.
    next: u32,
    /// A packet with its tag put back.
    tagged: Vec<u8>,
}

impl Ring {
    /// Gives the socket a ring of about `wanted` bytes and maps it.
    pub(super) fn new(socket: &OwnedFd, wanted: u32) -> io::Result<Self> {
        let blocks = wanted.div_ceil(BLOCK).max(BLOCKS_MIN);
        socket::set(socket, libc::PACKET_VERSION, &(libc::tpacket_versions::TPACKET_V3 as libc::c_int))?;
        let request = libc::tpacket_req3 {
            tp_block_size: BLOCK,
            tp_block_nr: blocks,
            tp_frame_size: FRAME,
            tp_frame_nr: BLOCK / FRAME * blocks,
            tp_retire_blk_tov: RETIRE.subsec_millis(),
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        socket::set(socket, libc::PACKET_RX_RING, &request)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping where the kernel finds room disturbs nothing.
        let memory = unsafe {
            libc::mmap(std::ptr::null_mut(), length(blocks), protection, libc::MAP_SHARED, socket.as_raw_fd(), 0)
        };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let memory = NonNull::new(memory.cast()).ok_or_else(|| io::Error::other("mapped at 0"))?;
        Ok(Self { memory, blocks, next: 0, tagged: Vec::new() })
    }

    /// The start of the next block.
    fn block(&self) -> NonNull<u8> {
        // SAFETY: `next` is below `blocks`, so that this stays within the mapping.
        unsafe { self.memory.add(self.next as usize * BLOCK_LENGTH) }
    }

    fn status(&self) -> &AtomicU32 {
        let offset = std::mem::offset_of!(libc::tpacket_block_desc, hdr);
        // SAFETY: the header lies within the block; its first field is the status (`struct tpacket_hdr_v1`).
        let status = unsafe { self.block().add(offset) };
        // SAFETY: it is mapped as long as `self` is, aligned to 4 (a block is to a page), and no reference to the block's
        // bytes lives longer than a `Batch`, which borrows the ring mutably.
        unsafe { AtomicU32::from_ptr(status.as_ptr().cast()) }
    }

    /// Whether the next block belongs to the program.
    pub(super) fn is_ready(&self) -> bool {
        self.status().load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    /// The packets of the next block, if it belongs to the program.
    pub(super) fn batch(&mut self, link: Link) -> Option<Batch<'_>> {
        if !self.is_ready() {
            return None;
        }
        let mut batch = Batch { ring: self, link, left: 0, offset: 0 };
        let header: libc::tpacket_block_desc = read(batch.bytes(), 0)?;
        // SAFETY: the union has one member.
        let header = unsafe { header.hdr.bh1 };
        (batch.left, batch.offset) = (header.num_pkts, header.offset_to_first_pkt as usize);
        Some(batch)
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and nothing refers to it any more.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), length(self.blocks)) };
    }
}

/// The length of so many blocks.
fn length(blocks: u32) -> usize {
    blocks as usize * BLOCK_LENGTH
}

/// A block that belongs to the program. Dropped, it goes back to the kernel.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    ring: &'a mut Ring,
    link: Link,
    left: u32,
    /// Of the next packet's header.
    offset: usize,
}

impl Batch<'_> {
    fn bytes(&self) -> &[u8] {
        // SAFETY: the block is mapped and BLOCK_LENGTH long, and the kernel does not write to it before `drop`.
        unsafe { std::slice::from_raw_parts(self.ring.block().as_ptr(), BLOCK_LENGTH) }
    }

    /// The next packet.
    pub(crate) fn next(&mut self) -> Option<Packet<'_>> {
        self.left = self.left.checked_sub(1)?;
        let header: libc::tpacket3_hdr = read(self.bytes(), self.offset)?;
        let start = self.offset + usize::from(header.tp_mac);
        self.offset += header.tp_next_offset as usize;
        let range = start..start.checked_add(header.tp_snaplen as usize)?;
        self.bytes().get(range.clone())?;
        let time = Duration::new(header.tp_sec.into(), 0) + Duration::from_nanos(header.tp_nsec.into());
        let (link, length) = (self.link, header.tp_len);
        match tag(&header) {
            Some(tag) if link == Link::ETHERNET && range.len() >= TAG_OFFSET => {
                let mut tagged = std::mem::take(&mut self.ring.tagged);
                tagged.clear();
                let (addresses, rest) = self.bytes()[range].split_at(TAG_OFFSET);
                tagged.extend_from_slice(addresses);
                tagged.extend_from_slice(&tag);
                tagged.extend_from_slice(rest);
                self.ring.tagged = tagged;
                Some(Packet { link, time, length: length + 4, data: &self.ring.tagged })
            }
            _ => Some(Packet { link, time, length, data: &self.bytes()[range] }),
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.ring.status().store(libc::TP_STATUS_KERNEL, Ordering::Release);
        self.ring.next = (self.ring.next + 1) % self.ring.blocks;
    }
}

/// The tag that the kernel, or the network card, took out of the frame.
fn tag(header: &libc::tpacket3_hdr) -> Option<[u8; 4]> {
    let valid = header.tp_status & libc::TP_STATUS_VLAN_VALID != 0;
    let named = header.tp_status & libc::TP_STATUS_VLAN_TPID_VALID != 0;
    let tag = header.hv1;
    let protocol = if named { tag.tp_vlan_tpid } else { TAG_DEFAULT };
    // The tag control information has 16 bits of the field's 32.
    let [first, second] = protocol.to_be_bytes();
    let [.., third, fourth] = tag.tp_vlan_tci.to_be_bytes();
    valid.then_some([first, second, third, fourth])
}

/// A header at `offset`, if it lies within the bytes.
fn read<T: Copy>(bytes: &[u8], offset: usize) -> Option<T> {
    let place = bytes.get(offset..offset.checked_add(size_of::<T>())?)?;
    // SAFETY: so many bytes are there; the types that this is called with are made of numbers, of which all bytes are
    // valid ones.
    Some(unsafe { place.as_ptr().cast::<T>().read_unaligned() })
}
