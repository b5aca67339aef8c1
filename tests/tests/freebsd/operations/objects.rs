//! Processes behind descriptors.

use sandbox_rt::Rights;

use crate::operation::Permitted::With;
use crate::operation::{Operation, op, works};
use crate::sys;

pub(crate) const PROCESS: &[Operation] = &[
    op("pdgetpid", With(&[Rights::PDGETPID]), |s| works(sys::pdgetpid(s.fd()))),
    op("pdkill with no signal", With(&[Rights::PDKILL]), |s| works(sys::pdkill(s.fd(), 0))),
];
