//! Which frames the kernel passes on: programs for its packet filter (bpf(4); Linux: networking/filter). The socket gets
//! them before confinement, locked, so that the confined part cannot take them off.

use crate::frame::{CLIENT_PORT, SERVER_PORT};

/// One instruction, laid out as both systems do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Instruction {
    pub(crate) code: u16,
    /// How many instructions to skip if the test holds, and if not.
    pub(crate) then: u8,
    pub(crate) otherwise: u8,
    pub(crate) value: u32,
}

const LOAD_HALF: u16 = 0x28;
const LOAD_BYTE: u16 = 0x30;
const LOAD_HALF_INDEXED: u16 = 0x48;
#[cfg(target_os = "linux")]
const LOAD_WORD: u16 = 0x20;
/// The index becomes the length of the IPv4 header.
const INDEX_HEADER: u16 = 0xb1;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

const ARP: u32 = 0x0806;
const IPV4: u32 = 0x0800;
const UDP: u32 = 17;
/// More fragments follow, or this is not the first.
const FRAGMENT: u32 = 0x3fff;
const WHOLE: u32 = u32::MAX;

/// Linux's words about a frame, which stand where no frame reaches: `SKF_AD_PKTTYPE`.
#[cfg(target_os = "linux")]
const PACKET_TYPE: u32 = 0xffff_f004;
/// `SKF_AD_VLAN_TAG_PRESENT`.
#[cfg(target_os = "linux")]
const VLAN_TAG_PRESENT: u32 = 0xffff_f030;
/// `PACKET_OUTGOING`: one that this host sends itself.
#[cfg(target_os = "linux")]
const OUTGOING: u32 = 4;

const fn instruction(code: u16, value: u32) -> Instruction {
    Instruction { code, then: 0, otherwise: 0, value }
}

const fn jump(code: u16, value: u32, then: u8, otherwise: u8) -> Instruction {
    Instruction { code, then, otherwise, value }
}

/// Lets in what comes from a server's port to the client's, and ARP. Linux would also show what this host sends, and the
/// frames of virtual networks with their tag taken off.
#[cfg(target_os = "linux")]
pub(crate) fn received() -> Vec<Instruction> {
    let before = [
        instruction(LOAD_WORD, PACKET_TYPE),
        jump(JUMP_EQUAL, OUTGOING, 14, 0),
        instruction(LOAD_WORD, VLAN_TAG_PRESENT),
        jump(JUMP_EQUAL, 0, 0, 12),
    ];
    [&before[..], &program(SERVER_PORT, CLIENT_PORT)].concat()
}

/// Lets in what comes from a server's port to the client's, and ARP.
#[cfg(target_os = "freebsd")]
pub(crate) fn received() -> Vec<Instruction> {
    program(SERVER_PORT, CLIENT_PORT).to_vec()
}

/// Lets out what goes from the client's port to a server's, and ARP. Linux has no such filter.
#[cfg(target_os = "freebsd")]
pub(crate) fn sent() -> Vec<Instruction> {
    program(CLIENT_PORT, SERVER_PORT).to_vec()
}

/// ARP, and unfragmented UDP between these ports.
fn program(source: u16, destination: u16) -> [Instruction; 14] {
    [
        instruction(LOAD_HALF, 12),
        jump(JUMP_EQUAL, ARP, 11, 0),
        jump(JUMP_EQUAL, IPV4, 0, 9),
        instruction(LOAD_BYTE, 23),
        jump(JUMP_EQUAL, UDP, 0, 7),
        instruction(LOAD_HALF, 20),
        jump(JUMP_ANY_BIT, FRAGMENT, 5, 0),
        instruction(INDEX_HEADER, 14),
        instruction(LOAD_HALF_INDEXED, 14),
        jump(JUMP_EQUAL, source.into(), 0, 2),
        instruction(LOAD_HALF_INDEXED, 16),
        jump(JUMP_EQUAL, destination.into(), 1, 0),
        instruction(RETURN, 0),
        instruction(RETURN, WHOLE),
    ]
}
