//! What declarations become on FreeBSD: ten golden plans, and every refusal with its reason.

use sandbox_policy::freebsd::{CapabilityPlan, Granted, PlanError, Release, Target, lower};
use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_policy::{Allow, Declared, Grant, OnViolation, Origin, Policy, Resource, Rights};

/// FreeBSD 15.1, a release build.
const TARGET: Target = Target { release: Release(1_501_000), debug_build: false };

/// A resource: its name, its number, its rights.
type Entry<'a> = (&'a str, u32, &'a str);

/// A declaration as a test writes it.
struct Declaration<'a> {
    entries: &'a [Entry<'a>],
    /// The numbers that are sockets.
    sockets: &'a [u32],
    allow: Allow,
    on_violation: OnViolation,
}

impl<'a> Declaration<'a> {
    fn of(entries: &'a [Entry<'a>]) -> Self {
        Self { entries, sockets: &[], allow: Allow::NONE, on_violation: OnViolation::Error }
    }

    fn sockets(self, sockets: &'a [u32]) -> Self {
        Self { sockets, ..self }
    }

    fn lower(&self, target: Target) -> Result<CapabilityPlan, PlanError> {
        let declared: Vec<Declared> =
            self.entries.iter().map(|(_, _, rights)| rights.parse().expect("rights of a test")).collect();
        let minted: Vec<Option<Grant<'_>>> = declared.iter().map(Declared::minted_grant).collect();
        let resources: Vec<Resource<'_>> = self
            .entries
            .iter()
            .zip(declared.iter().zip(&minted))
            .map(|((name, number, _), (declared, minted))| Resource {
                name,
                origin: if *number < 3 { Origin::Stream } else { Origin::Given },
                grant: declared.grant(minted.as_ref()),
            })
            .collect();
        let granted: Vec<Granted> = self
            .entries
            .iter()
            .enumerate()
            .map(|(resource, &(_, number, _))| Granted { resource, number, socket: self.sockets.contains(&number) })
            .collect();
        let policy = Policy { name: "run", resources: &resources, allow: self.allow, on_violation: self.on_violation };
        lower(&policy, &granted, &target)
    }

    #[track_caller]
    fn plan(&self) -> String {
        self.lower(TARGET).expect("a plan").describe()
    }
}

/// The constants of one descriptor that is declared with these rights.
#[track_caller]
fn constants(rights: &str) -> Vec<&'static str> {
    let plan = Declaration::of(&[("it", 3, rights)]).lower(TARGET).expect("a plan");
    plan.descriptor(3).expect("declared").constants.clone()
}

#[test]
fn nothing_but_stderr() {
    insta::assert_snapshot!(Declaration::of(&[]).plan());
}

#[test]
fn a_filter() {
    insta::assert_snapshot!(Declaration::of(&[("input", 3, "read"), ("out", 4, "write + seek")]).plan());
}

#[test]
fn a_terminal() {
    insta::assert_snapshot!(
        Declaration::of(&[("stdin", 0, "read + isatty + winsize"), ("stdout", 1, "write + isatty")]).plan()
    );
}

#[test]
fn a_lease_file() {
    insta::assert_snapshot!(Declaration::of(&[("lease", 5, "read + write + seek + fsync + ftruncate + fstat")]).plan());
}

#[test]
fn a_server() {
    let declaration = Declaration::of(&[("server", 3, "accept(recv + send + shutdown + nonblocking) + event")]);
    insta::assert_snapshot!(declaration.sockets(&[3]).plan());
}

#[test]
fn a_datagram_socket() {
    let declaration = Declaration::of(&[("rx", 3, "recv + event + nonblocking"), ("tx", 4, "send + getsockname")]);
    insta::assert_snapshot!(declaration.sockets(&[3, 4]).plan());
}

#[test]
fn directories() {
    insta::assert_snapshot!(
        Declaration::of(&[
            ("conf", 3, "lookup + read"),
            ("spool", 4, "lookup + create + write + mkdirat + unlinkat + renameat_source + renameat_target"),
        ])
        .plan()
    );
}

#[test]
fn lists() {
    insta::assert_snapshot!(
        Declaration::of(&[("device", 3, "read + ioctl(0x40087468, 0x4004667f) + fcntl(getfl, setfl)")]).plan()
    );
}

#[test]
fn one_descriptor_twice_and_one_held() {
    insta::assert_snapshot!(
        Declaration::of(&[("a", 3, "read"), ("b", 3, "write + nonblocking"), ("lock", 4, "hold"), ("gone", 5, "none")])
            .plan()
    );
}

#[test]
fn watched_by_the_kernel() {
    let declaration = Declaration {
        allow: Allow::THREADS,
        on_violation: OnViolation::Kill,
        ..Declaration::of(&[
            ("stderr", 2, "none"),
            ("watch", 3, "read + inotify_rm"),
            ("file", 4, "mmap_r + seek_tell"),
        ])
    };
    insta::assert_snapshot!(declaration.plan());
}

#[test]
fn debuggable_has_effect_in_debug_builds_only() {
    let declaration = Declaration { allow: Allow::DEBUGGABLE, ..Declaration::of(&[]) };
    assert!(!declaration.lower(TARGET).expect("a plan").debuggable);
    let debug = Target { debug_build: true, ..TARGET };
    assert!(declaration.lower(debug).expect("a plan").debuggable);
    assert!(!Declaration::of(&[]).lower(debug).expect("a plan").debuggable);
}

#[test]
fn a_right_that_the_release_does_not_know_is_named_with_its_release() {
    let old = Target { release: Release(1_403_000), ..TARGET };
    let error = Declaration::of(&[("watch", 3, "inotify_rm")]).lower(old).expect_err("too old");
    assert_eq!(error.to_string(), "`inotify_rm` on `watch` needs FreeBSD 15.0 or later, this is 14.3");
    assert!(Declaration::of(&[("watch", 3, "read")]).lower(old).is_ok());
}

#[test]
fn what_freebsd_cannot_enforce_is_refused_with_its_reason() {
    let mut refused = 0;
    for row in vocabulary::rows() {
        let grant = Grant::of(row.rights);
        let resources = [Resource { name: "it", origin: Origin::Given, grant }];
        let policy =
            Policy { name: "run", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Error };
        let lowered = lower(&policy, &[Granted { resource: 0, number: 3, socket: false }], &TARGET);
        match row.on_freebsd {
            Enforcement::Refused(reason) => {
                let error = lowered.expect_err(row.name).to_string();
                assert_eq!(error, format!("`{}` on `it` cannot be enforced on FreeBSD: {reason}", row.name));
                refused += 1;
            }
            Enforcement::Exact | Enforcement::Weaker(_) | Enforcement::Narrower(_) => {
                lowered.expect(row.name);
            }
        }
    }
    assert!(refused > 3);
    // A declaration in words does not get so far.
    let minted = Grant::of(Rights::SEM_POST);
    let server = [Resource { name: "server", origin: Origin::Given, grant: Grant::of(Rights::ACCEPT).minted(&minted) }];
    let policy = Policy { name: "run", resources: &server, allow: Allow::NONE, on_violation: OnViolation::Error };
    let minted = lower(&policy, &[Granted { resource: 0, number: 3, socket: true }], &TARGET).expect_err("minted");
    assert!(minted.to_string().starts_with("`sem_post` on `server`"), "{minted}");
}

#[test]
fn typing_into_the_terminal_is_never_granted() {
    let error = Declaration::of(&[("tty", 3, "ioctl(0x80017472)")]).lower(TARGET).expect_err("refused");
    assert_eq!(error.to_string(), "the ioctl request 0x80017472 is never granted: TIOCSTI types into the terminal");
}

#[test]
fn more_requests_than_the_kernel_takes_are_refused() {
    let list = |count: u32| {
        let requests: Vec<String> = (0..count).map(|request| (0x4000_0000 + request).to_string()).collect();
        format!("ioctl({})", requests.join(", "))
    };
    assert!(Declaration::of(&[("it", 3, &list(256))]).lower(TARGET).is_ok());
    let error = Declaration::of(&[("it", 3, &list(257))]).lower(TARGET).expect_err("too many");
    assert_eq!(error.to_string(), "`it` has 257 ioctl requests, at most 256 can be granted");
}

/// A right alone is its own constant, or the constants that it consists of; the portable names are lists.
#[test]
fn every_right_alone_is_said_by_its_constants() {
    for row in vocabulary::rows().filter(|row| row.is_spoken() && !matches!(row.name, "ioctl" | "fcntl")) {
        if matches!(row.on_freebsd, Enforcement::Refused(_)) {
            continue;
        }
        let grant = Grant::of(row.rights);
        let resources = [Resource { name: "it", origin: Origin::Given, grant }];
        let policy =
            Policy { name: "run", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Error };
        let plan = lower(&policy, &[Granted { resource: 0, number: 3, socket: true }], &TARGET).expect(row.name);
        let descriptor = plan.descriptor(3).expect("declared");
        let said = descriptor
            .constants
            .iter()
            .filter_map(|constant| vocabulary::rows().find(|row| row.freebsd == Some(constant)))
            .fold(Rights::NONE, |all, row| all.union(row.rights));
        match row.freebsd {
            Some(_) if row.name == "seek_tell" => assert_eq!(said, Rights::SEEK),
            Some(_) => assert_eq!(said, row.rights, "`{}`", row.name),
            None => assert!(said == Rights::IOCTL || said == Rights::IOCTL | Rights::FCNTL || row.name == "dup"),
        }
    }
    assert_eq!(constants("dup"), [""; 0]);
}

#[test]
fn a_list_that_is_empty_grants_no_call() {
    let grant = Grant::of(Rights::IOCTL | Rights::FCNTL | Rights::READ);
    let resources = [Resource { name: "it", origin: Origin::Given, grant }];
    let policy = Policy { name: "run", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Error };
    let plan = lower(&policy, &[Granted { resource: 0, number: 3, socket: false }], &TARGET).expect("a plan");
    assert_eq!(plan.descriptor(3).expect("declared").constants, ["CAP_READ"]);
}
