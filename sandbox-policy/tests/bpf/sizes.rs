//! How long filters become: the kernel's time to load one grows with its length.

use sandbox_policy::linux::Arch;

use crate::filters::{checked, like_ours};

#[test]
fn filters_stay_short() {
    for (descriptors, most) in [(3, 150), (16, 200), (64, 400)] {
        let length = checked(&like_ours(Arch::X86_64, descriptors)).instructions().len();
        println!("{descriptors} descriptors: {length} instructions");
        assert!(length <= most, "{descriptors} descriptors: {length} instructions");
    }
}
