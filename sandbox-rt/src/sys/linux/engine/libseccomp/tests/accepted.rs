//! Which policies this engine takes, and the reason that it gives for each other one.

use sandbox_policy::linux::{Granted, Target, lower};
use sandbox_policy::{Allow, Declared, OnViolation, Origin, Policy, Resource};

use super::super::accepted::unexplained;
use super::*;

/// The filter of a declaration, whose first resource has descriptor 3.
fn lowered(declared: &[(&str, &str)], allow: Allow, on_violation: OnViolation) -> Filter {
    let declared: Vec<(&str, Declared)> = declared.iter().map(|(name, text)| (*name, text.parse().unwrap())).collect();
    let minted: Vec<_> = declared.iter().map(|(_, declared)| declared.minted_grant()).collect();
    let resources: Vec<_> = declared
        .iter()
        .zip(&minted)
        .map(|((name, declared), minted)| Resource {
            name,
            origin: Origin::Given,
            grant: declared.grant(minted.as_ref()),
        })
        .collect();
    let policy = Policy { name: "test", resources: &resources, allow, on_violation };
    let granted: Vec<_> = (0..resources.len())
        .map(|resource| Granted { resource, number: u32::try_from(resource).unwrap() + 3, append: false })
        .collect();
    let target = Target { arch: ARCH, landlock: 7, pid: 4242, inert: 40, debug_build: false };
    lower(&policy, &granted, &target).unwrap().filter
}

fn error(declared: &[(&str, &str)]) -> Filter {
    lowered(declared, Allow::NONE, OnViolation::Error)
}

/// What each confined function of the example gzip declares, and more of the kind.
const COMPRESSOR: [(&str, &str); 2] = [("input", "read"), ("out", "write")];

#[test]
fn the_compressor_is_accepted_with_explanations_and_without() {
    for on_violation in [OnViolation::Error, OnViolation::Report] {
        for declared in [&[][..], &COMPRESSOR[..1], &COMPRESSOR, &[("input", "read + fstat"), ("out", "write + fsync")]]
        {
            let filter = lowered(declared, Allow::NONE, on_violation);
            agrees(&unexplained(&filter), &compile(&filter).unwrap());
        }
    }
}

/// The calls that the two filters answer differently where no rule matches.
fn different(one: &Filter, other: &Filter) -> Vec<String> {
    let pairs = one.calls.iter().zip(&other.calls);
    pairs.filter(|(one, other)| one != other).map(|(one, _)| one.call.to_string()).collect()
}

#[test]
fn what_compares_several_arguments_is_refused_without_an_explanation() {
    let filter = lowered(&COMPRESSOR, Allow::NONE, OnViolation::Report);
    let ours = unexplained(&filter);
    let silent = ["mmap", "sendfile", "sendto", "splice", "copy_file_range", "preadv2", "pwritev2"];
    let mut changed = different(&filter, &ours);
    changed.sort_unstable();
    let mut expected = silent.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(changed, expected);
    for entry in ours.calls.iter().filter(|entry| silent.contains(&entry.call.to_string().as_str())) {
        assert_eq!(entry.otherwise, EPERM);
    }
    // Where nothing is explained there is nothing to lose.
    for on_violation in [OnViolation::Error, OnViolation::Kill] {
        let filter = lowered(&COMPRESSOR, Allow::NONE, on_violation);
        assert_eq!(unexplained(&filter), filter);
    }
}

#[test]
fn what_a_call_s_numbers_leave_over_is_spelled_out() {
    for numbers in [&[][..], &[0], &[3], &[u32::MAX], &[0, 1], &[2, 4], &[0, 5, 9, 4096, 0x8000_0000]] {
        let rules = vec![allow([among(2, numbers.iter().copied())])];
        let mut filter = filter([(Call::lseek, rules)]);
        for otherwise in [Action::Trap, Action::Kill, Action::Allow, Action::Errno(38)] {
            filter.calls[0].otherwise = otherwise;
            agrees(&filter, &compile(&filter).unwrap());
        }
    }
}

/// The first call that is refused, and why.
fn reason(filter: &Filter) -> String {
    let error = compile(filter).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unenforceable);
    assert!(error.help_line().unwrap().contains("build without the feature `libseccomp`"));
    let (_, rest) = error.operation().split_once("would not compile the rules of ").unwrap();
    rest.to_owned()
}

const ARGUMENTS: &str = "they compare different arguments, or different bits of one";

#[test]
fn what_compares_the_same_arguments_is_accepted() {
    for declared in
        ["seek", "pread", "fstat", "event", "ioctl(0x5413)", "isatty + winsize", "getsockopt", "recv + send + shutdown"]
    {
        let filter = error(&[("it", declared)]);
        agrees(&filter, &compile(&filter).unwrap());
    }
}

#[test]
fn what_it_might_compile_wrong_is_refused_with_the_call_and_the_reason() {
    let refused = |declared, expected: &str| assert_eq!(reason(&error(&[("it", declared)])), expected, "{declared}");
    // At an offset, and at the position.
    refused("write + seek", &format!("`pwritev2` right: {ARGUMENTS}"));
    // Of a file, and anonymous.
    refused("mmap_r", &format!("`mmap` right: {ARGUMENTS}"));
    // Some commands for one descriptor, and one for all.
    refused("fcntl(getfl)", &format!("`fcntl` right: {ARGUMENTS}"));
    // Everything that is minted: a range without an end.
    refused("accept(recv)", "`read` right: they need more than 512 comparisons");
    let threads = lowered(&COMPRESSOR, Allow::THREADS, OnViolation::Error);
    assert_eq!(reason(&threads), "`clone` right: one compares argument 0 twice");
}

#[test]
fn an_answer_of_its_own_to_several_arguments_is_refused() {
    // Survived, where everything else ends the process.
    let kill = lowered(&COMPRESSOR, Allow::NONE, OnViolation::Kill);
    let own = "what they do not match has an answer of its own (refuse with EPERM), and they compare several numbers";
    assert_eq!(reason(&kill), format!("`sendfile` right: {own}"));
    let refuse = Rule { tests: vec![among(0, [4])], action: Action::Errno(9) };
    let mixed = filter([(Call::read, vec![refuse, allow([among(0, [3])])])]);
    assert_eq!(reason(&mixed), "`read` right: they have different answers");
}

#[test]
fn a_rule_that_never_holds_allows_nothing() {
    let rules = vec![allow([Test::Masked(0, 3, 4)]), allow([Test::Masked(0, 3, 1)])];
    let filter = filter([(Call::read, rules), (Call::write, vec![allow([among(0, [])])])]);
    agrees(&filter, &compile(&filter).unwrap());
}

#[test]
fn what_refuses_as_the_default_does_is_left_out() {
    let refuse = Rule { tests: vec![among(0, [4])], action: EPERM };
    let first = Rule { tests: vec![], action: Action::Allow };
    let filter = filter([(Call::read, vec![refuse.clone()]), (Call::write, vec![first, refuse])]);
    let told = super::super::accepted::rules(&filter).unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].call == Call::write && told[0].comparisons.is_empty());
    agrees(&filter, &compile(&filter).unwrap());
}
