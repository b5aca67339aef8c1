//! What is written is read again; what is damaged is an error and never a panic.

use proptest::prelude::*;
use sandbox_policy::note::{EmbeddedPolicy, Note, ReadError, Source, read, size, write};
use sandbox_policy::{
    Allow, Declared, Fcntls, Grant, OnViolation, Origin, OwnedPolicy, OwnedResource, Policy, Resource, Rights,
};

/// The size of the header with the owner's name.
const HEADER: usize = 24;

const MINTED_GRANT: Grant<'static> = Grant::of(Rights::READ.union(Rights::SHUTDOWN));
const POLICY: Policy<'static> = Policy {
    name: "serve",
    resources: &[
        Resource { name: "stderr", origin: Origin::Stream, grant: Grant::GONE },
        Resource { name: "lock", origin: Origin::Given, grant: Grant::of(Rights::NONE) },
        Resource {
            name: "listener",
            origin: Origin::Acquired,
            grant: Grant::of(Rights::ACCEPT.union(Rights::IOCTL).union(Rights::FCNTL))
                .ioctls(&[0x5413, 0xffff_ffff])
                .fcntls(Fcntls::GETFL.union(Fcntls::SETOWN))
                .minted(&MINTED_GRANT),
        },
    ],
    allow: Allow::THREADS,
    on_violation: OnViolation::Report,
};
const SOURCE: Source<'static> = Source {
    module: "server::confined",
    file: "src/confined.rs",
    line: 70_000,
    debug_build: true,
    reaction_named: false,
    learning: false,
};
/// Made by the compiler, as the macro has it made.
static NOTE: Note<{ size(&POLICY, &SOURCE) }> = write(&POLICY, &SOURCE);

fn owned(policy: &Policy<'_>) -> OwnedPolicy {
    let declared = |grant: &Grant<'_>| Declared {
        rights: grant.rights,
        gone: grant.gone,
        ioctls: grant.ioctls.to_vec(),
        fcntls: grant.fcntls,
        minted: None,
    };
    let resources = policy.resources.iter().map(|resource| OwnedResource {
        name: resource.name.to_owned(),
        origin: resource.origin,
        declared: Declared {
            minted: resource.grant.minted.map(|minted| Box::new(declared(minted))),
            ..declared(&resource.grant)
        },
    });
    OwnedPolicy {
        name: policy.name.to_owned(),
        resources: resources.collect(),
        allow: policy.allow,
        on_violation: policy.on_violation,
    }
}

#[test]
fn what_is_written_is_read_again() {
    let notes: Vec<_> = read(NOTE.bytes()).collect();
    let expected = EmbeddedPolicy {
        policy: owned(&POLICY),
        module: SOURCE.module.to_owned(),
        file: SOURCE.file.to_owned(),
        line: SOURCE.line,
        debug_build: true,
        reaction_named: false,
        learning: false,
    };
    assert_eq!(notes, [Ok(expected)]);
    assert_eq!(notes[0].as_ref().map(EmbeddedPolicy::path).as_deref(), Ok("server::confined::serve"));
    assert!(NOTE.bytes().len().is_multiple_of(8));
    notes[0].as_ref().unwrap().policy.with(|policy| assert_eq!(*policy, POLICY));
}

/// The form must not change by accident: binaries outlive the tools that read them.
#[test]
fn the_form_is_this() {
    let text: String =
        NOTE.bytes().iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '.' }).collect();
    insta::assert_snapshot!(text);
}

/// Rights hang on their names, so none may change. A new one is added to the list in the snapshot.
#[test]
fn names_of_primitive_rights_stay() {
    let names: Vec<_> = Rights::PRIMITIVES.iter().map(|(name, _)| *name).collect();
    insta::assert_snapshot!(names.join(" "));
}

#[test]
fn notes_of_others_are_passed_over_and_damaged_ones_hide_nothing() {
    let other = [4, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, b'G', b'N', b'U', 0, 1, 2, 3, 0];
    let mut damaged = NOTE.bytes().to_vec();
    damaged[HEADER + 1] = 9;
    let mut newer = NOTE.bytes().to_vec();
    newer[8] = 7;
    let all = [&other[..], &damaged, &newer, NOTE.bytes(), &other, &[0; 8]].concat();
    let found: Vec<_> = read(&all).map(|note| note.map(|note| note.policy.name)).collect();
    let reaction = ReadError::Unknown { what: "reaction", name: "9".to_owned() };
    assert_eq!(found, [Err(reaction), Err(ReadError::Version(7)), Ok("serve".to_owned())]);
}

#[test]
fn every_way_of_cutting_a_note_is_an_error() {
    for length in 1..NOTE.bytes().len() {
        let found: Vec<_> = read(&NOTE.bytes()[..length]).collect();
        assert_eq!(found, [Err(ReadError::Length)], "{length}");
        // With a header that fits what is left.
        if let Some(content) = length.checked_sub(HEADER) {
            let mut cut = NOTE.bytes()[..length].to_vec();
            cut[4..8].copy_from_slice(&u32::try_from(content).unwrap().to_le_bytes());
            let found: Vec<_> = read(&cut).collect();
            // The zeros at the end are not needed.
            assert!(
                found.iter().any(Result::is_err) || NOTE.bytes()[length..].iter().all(|byte| *byte == 0),
                "{length}"
            );
        }
    }
}

#[test]
fn half_a_right_is_an_error() {
    const SEEK_WITHOUT_TELL: Rights = Rights::SEEK.difference(Rights::SEEK_TELL);
    const POLICY: Policy<'static> = Policy {
        resources: &[Resource { name: "file", origin: Origin::Given, grant: Grant::of(SEEK_WITHOUT_TELL) }],
        ..self::POLICY
    };
    static NOTE: Note<{ size(&POLICY, &SOURCE) }> = write(&POLICY, &SOURCE);
    let found: Vec<_> = read(NOTE.bytes()).collect();
    assert!(matches!(found[..], [Err(ReadError::Unknown { what: "rights", .. })]), "{found:?}");
}

#[test]
fn names_cannot_reach_the_terminal() {
    let mut note = NOTE.bytes().to_vec();
    let at = note.windows(5).position(|window| window == b"serve").unwrap();
    note[at] = 0x1b;
    assert_eq!(read(&note).collect::<Vec<_>>(), [Err(ReadError::Text)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn mutations_never_panic(changes in proptest::collection::vec((0..NOTE.bytes().len(), any::<u8>()), 1..8)) {
        let mut note = NOTE.bytes().to_vec();
        for (at, byte) in changes {
            note[at] = byte;
        }
        prop_assert!(read(&note).count() <= note.len());
    }

    #[test]
    fn bytes_at_random_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).count() <= 200);
    }
}
