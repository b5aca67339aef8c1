//! The calls on which filters are judged.
//!
//! Of every number: each argument as each interesting descriptor. Of a call that something permits: every combination of
//! right values for the arguments that are looked at, on every interesting descriptor, on both where there are two; and
//! from each combination every value that is wrong in exactly one way. Then some at random. The same process gives the
//! same calls.

use sandbox_policy::linux::Arch;

use crate::{Meaning, Process, checked};

/// The bit of x32's numbers.
pub const X32: u32 = 0x4000_0000;
/// `AUDIT_ARCH_I386` (linux/audit.h).
pub const I386: u32 = 0x4000_0003;

/// `AT_FDCWD`.
const CWD: u32 = 0xffff_ff9c;
/// High words that an int's must not be confused by.
const GARBAGE: [u64; 3] = [1 << 32, 0xdead_beef << 32, 0xffff_ffff << 32];

/// Values that a descriptor's argument may have: granted and not, both forms of −1 and of `AT_FDCWD`, the ends of the
/// range, and garbage in the high word.
#[must_use]
pub fn descriptors(process: &Process) -> Vec<u64> {
    let mut numbers = holders(process);
    numbers.extend(numbers.clone().iter().flat_map(|number| [number.saturating_sub(1), number + 1]));
    numbers.extend([0, 1, 2, process.bound().saturating_sub(1), process.inert(), process.inert() + 1, 1023, 1024]);
    let mut values: Vec<u64> = numbers.iter().copied().map(u64::from).collect();
    values.extend(holders(process).iter().flat_map(|&number| GARBAGE.map(|high| high | u64::from(number))));
    for number in [u32::MAX, CWD] {
        values.extend([u64::from(number), GARBAGE[2] | u64::from(number)]);
    }
    values.extend([0x7fff_ffff, 0x8000_0000]);
    values.sort_unstable();
    values.dedup();
    values
}

/// The descriptors that were declared, the first of those that are made later, and one that nobody has.
fn holders(process: &Process) -> Vec<u32> {
    let mut numbers = process.granted();
    numbers.extend([process.bound(), process.inert() + 7]);
    numbers
}

/// Values that differ from this one in exactly one way: one bit, the next and the last one, the other half.
fn wrong(value: u64) -> impl Iterator<Item = u64> {
    let bits = (0..u64::BITS).map(move |bit| value ^ 1 << bit);
    let low = value & 0xffff_ffff;
    bits.chain([value.wrapping_add(1), value.wrapping_sub(1), low, low << 32, low | 0xffff_ffff << 32, !value])
}

/// Shows the arguments of every call with this number that is worth looking at.
pub fn of_number(
    process: &Process,
    number: u32,
    name: Option<&str>,
    meaning: Meaning,
    visit: &mut impl FnMut([u64; 6]),
) {
    let descriptors = descriptors(process);
    for position in 0..6 {
        for &value in &descriptors {
            let mut arguments = [0; 6];
            arguments[position] = value;
            visit(arguments);
        }
    }
    let mut random = Random(u64::from(number) << 32 | u64::from(process.pid()));
    if let (Some(name), false) = (name, matches!(meaning, Meaning::Never)) {
        combinations(process, name, meaning, &descriptors, &mut random, visit);
    }
    for _ in 0..16 {
        visit(std::array::from_fn(|_| random.next() >> (random.next() % 64)));
        visit(std::array::from_fn(|_| descriptors[random.below(descriptors.len())]));
    }
}

fn combinations(
    process: &Process,
    name: &str,
    meaning: Meaning,
    descriptors: &[u64],
    random: &mut Random,
    visit: &mut impl FnMut([u64; 6]),
) {
    let checked = checked(name);
    let mut values: Vec<(usize, Vec<u64>)> =
        checked.values.iter().map(|&(position, values)| (position, values.to_vec())).collect();
    match name {
        "tgkill" | "tkill" => values[0].1.push(process.pid().into()),
        "fcntl" => values[1].1.push(process.pid().into()),
        "ioctl" => values[0].1.extend(process.listed_requests().into_iter().map(u64::from)),
        "dup3" => values[0].1.extend(holders(process).into_iter().chain([process.inert()]).map(u64::from)),
        _ => {}
    }
    let mut right = vec![[0; 6]];
    for (position, values) in &values {
        right = (right.iter())
            .flat_map(|base| {
                values.iter().map(move |&value| {
                    let mut arguments = *base;
                    arguments[*position] = value;
                    arguments
                })
            })
            .collect();
    }
    let holders: Vec<u64> = holders(process).into_iter().map(u64::from).collect();
    for base in right {
        match *checked.descriptors {
            [] => visit(base),
            [only] => {
                for &value in descriptors {
                    visit(with(base, only, value));
                }
            }
            [first, second, ..] => {
                for &one in descriptors {
                    for &other in descriptors {
                        visit(with(with(base, first, one), second, other));
                    }
                }
            }
        }
        for on in placed(base, checked.descriptors, &holders) {
            // From what is right; of what is wrong already, some.
            let right = process.verdict(Some(name), meaning, &on) != process.refused(Some(name));
            if right || random.below(8) == 0 {
                for &(position, _) in &values {
                    wrong(base[position]).for_each(|value| visit(with(on, position, value)));
                }
            }
            // Whatever is not looked at makes no difference.
            let mut noise = on;
            for position in (0..6).filter(|position| {
                !checked.descriptors.contains(position) && values.iter().all(|(looked_at, _)| looked_at != position)
            }) {
                noise[position] = random.next();
            }
            visit(noise);
        }
    }
    // Each of the values in each place: a comparison with the wrong argument shows.
    let pool: Vec<u64> = values.iter().flat_map(|(_, values)| values).chain(&holders).copied().collect();
    for _ in 0..256 {
        visit(std::array::from_fn(|_| pool[random.below(pool.len())]));
    }
}

/// The arguments on each holder; where there are two descriptors, on each pair, or on some if there are many.
fn placed(base: [u64; 6], descriptors: &[usize], holders: &[u64]) -> Vec<[u64; 6]> {
    const FEW: usize = 12;
    match *descriptors {
        [] => vec![base],
        [only] => holders.iter().map(|&holder| with(base, only, holder)).collect(),
        [first, second, ..] => {
            let on = |one: u64, other: u64| with(with(base, first, one), second, other);
            let all = || holders.iter().flat_map(|&one| holders.iter().map(move |&other| (one, other)));
            let ring = || holders.iter().zip(holders.iter().cycle().skip(1)).map(|(&one, &other)| (one, other));
            let same = || holders.iter().map(|&holder| (holder, holder));
            let pairs: Vec<_> = if holders.len() <= FEW { all().collect() } else { ring().chain(same()).collect() };
            pairs.into_iter().map(|(one, other)| on(one, other)).collect()
        }
    }
}

fn with(mut arguments: [u64; 6], position: usize, value: u64) -> [u64; 6] {
    arguments[position] = value;
    arguments
}

/// Tables of other machines, and what is none: their calls end the process.
#[must_use]
pub fn other_tables(arch: Arch) -> Vec<u32> {
    // i386, 32-bit Arm, riscv32, x86_64, aarch64, riscv64; big-endian and bit-flipped forms of our own.
    let tables = [I386, 0x4000_0028, 0x4000_00f3, 0xc000_003e, 0xc000_00b7, 0xc000_00f3, 0, u32::MAX];
    let near = (0..u32::BITS).map(|bit| arch.audit() ^ 1 << bit);
    tables.into_iter().chain(near).filter(|&table| table != arch.audit()).collect()
}

/// Numbers beyond every table, at random and where words end.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
pub fn random_numbers() -> Vec<u32> {
    let mut random = Random(0);
    let mut numbers: Vec<u32> = (0..512).map(|_| random.next() as u32).collect();
    numbers.extend((0..512).map(|_| (random.next() >> (32 + random.next() % 22)) as u32));
    numbers.extend([X32 - 1, X32, 2 * X32 - 1, 2 * X32, 3 * X32, u32::MAX, u32::MAX - 1]);
    numbers
}

/// SplitMix64 (Steele, Lea, Flood 2014): numbers that look random and are the same everywhere.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    #[allow(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below this one, which is not 0.
    #[allow(clippy::cast_possible_truncation, reason = "it is below a usize")]
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
