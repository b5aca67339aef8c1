//! Declarations to lower.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sandbox_policy::linux::{Arch, Granted, Plan, PlanError, Target, lower};
use sandbox_policy::vocabulary::{self, Enforcement, Row};
use sandbox_policy::{Allow, Declared, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

/// The number under which the runtime keeps the inert descriptor, above all of the tests' own.
pub(crate) const INERT: u32 = 9;
/// The confined process's own number.
pub(crate) const PID: u32 = 4242;

/// What one `#[sandboxed(…)]` says, and the numbers that its resources have.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) name: &'static str,
    pub(crate) entries: Vec<Entry>,
    pub(crate) allow: Allow,
    pub(crate) on_violation: OnViolation,
}

/// A resource.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) numbers: Vec<u32>,
    pub(crate) declared: Declared,
    /// Whether its files were opened for appending.
    pub(crate) append: bool,
}

impl Declaration {
    /// Of resources with a number and rights each, that refuses with an error.
    fn new(name: &'static str, entries: &[(&str, u32, &str)]) -> Self {
        let entries = entries.iter().map(|&(name, number, rights)| Entry {
            name: name.to_owned(),
            numbers: vec![number],
            declared: rights.parse().unwrap_or_else(|error| panic!("{rights}: {error}")),
            append: false,
        });
        Self { name, entries: entries.collect(), allow: Allow::NONE, on_violation: OnViolation::Error }
    }

    fn allow(self, allow: Allow) -> Self {
        Self { allow, ..self }
    }

    pub(crate) fn on_violation(self, on_violation: OnViolation) -> Self {
        Self { on_violation, ..self }
    }

    /// The last resource was opened for appending.
    fn append(mut self) -> Self {
        self.entries.last_mut().expect("it has one").append = true;
        self
    }

    /// The last resource holds one more descriptor.
    fn and(mut self, number: u32) -> Self {
        self.entries.last_mut().expect("it has one").numbers.push(number);
        self
    }

    pub(crate) fn lower(&self, arch: Arch) -> Result<Plan, PlanError> {
        let minted: Vec<Option<Grant<'_>>> = self.entries.iter().map(|entry| entry.declared.minted_grant()).collect();
        let resources: Vec<Resource<'_>> = self
            .entries
            .iter()
            .zip(&minted)
            .map(|(entry, minted)| Resource {
                name: &entry.name,
                origin: if matches!(&*entry.name, "stdin" | "stdout" | "stderr") {
                    Origin::Stream
                } else {
                    Origin::Given
                },
                grant: entry.declared.grant(minted.as_ref()),
            })
            .collect();
        let policy =
            Policy { name: self.name, resources: &resources, allow: self.allow, on_violation: self.on_violation };
        let granted: Vec<Granted> = self
            .entries
            .iter()
            .enumerate()
            .flat_map(|(resource, entry)| {
                entry.numbers.iter().map(move |&number| Granted { resource, number, append: entry.append })
            })
            .collect();
        let target = Target { arch, landlock: 7, pid: PID, inert: INERT, debug_build: false };
        lower(&policy, &granted, &target)
    }
}

/// The declarations whose plans are golden.
pub(crate) fn all() -> Vec<Declaration> {
    let compressor = [("input", 3, "read"), ("out", 4, "write")];
    vec![
        Declaration::new("nothing", &[]),
        Declaration::new("compressor", &compressor),
        Declaration::new("compressor_with_threads", &compressor).allow(Allow::THREADS),
        Declaration::new("compressor_that_is_killed", &compressor).on_violation(OnViolation::Kill),
        Declaration::new("compressor_that_reports", &compressor).on_violation(OnViolation::Report),
        Declaration::new("patcher", &[("out", 3, "write + seek")]),
        Declaration::new("server", &[("server", 3, "accept(recv + send + shutdown) + event")]),
        Declaration::new(
            "editor",
            &[("work", 3, "lookup + read + write + create + unlinkat + renameat_source + renameat_target")],
        ),
        Declaration::new("stream_filter", &[("stdin", 0, "read + isatty"), ("stdout", 1, "write + isatty")]),
        Declaration::new("reader_of_a_mapping", &[("index", 3, "mmap_r"), ("found", 4, "write")]),
        Declaration::new(
            "terminal",
            &[
                ("tty", 3, "read + write + ioctl(0x5413, 0x5402) + fcntl(getfl, setfl)"),
                ("log", 5, "write + fcntl(setfl, setown)"),
            ],
        )
        .append(),
        Declaration::new(
            "dhcp_client",
            &[
                ("lease", 3, "read + write + seek + fsync"),
                ("rx", 4, "recv + event"),
                ("tx", 5, "send"),
                ("conf", 6, "lookup + read"),
            ],
        ),
        Declaration::new("locked", &[("stderr", 2, "none"), ("lock", 3, "hold"), ("parts", 5, "read + fstat")]).and(6),
        Declaration::new("cloner", &[("input", 3, "read + dup"), ("out", 4, "write + nonblocking")]),
    ]
}

/// Declarations at random that Linux can enforce: few numbers, so that resources often share one.
pub(crate) fn declaration() -> impl Strategy<Value = Declaration> {
    let entry = (rights(), vec(0..INERT, 1..3), any::<bool>()).prop_map(|(rights, numbers, append)| {
        let declared = rights.parse().unwrap_or_else(|error| panic!("{rights}: {error}"));
        Entry { name: "it".to_owned(), numbers, declared, append }
    });
    let stderr = prop_oneof![Just(None), rights().prop_map(Some)];
    let reaction = select(OnViolation::NAMED.map(|(_, reaction)| reaction).to_vec());
    (vec(entry, 0..5), stderr, any::<bool>(), reaction).prop_map(|(mut entries, stderr, threads, on_violation)| {
        entries.extend(stderr.map(|rights| Entry {
            name: "stderr".to_owned(),
            numbers: vec![2],
            declared: rights.parse().expect("parsed before"),
            append: false,
        }));
        let allow = if threads { Allow::THREADS } else { Allow::NONE };
        Declaration { name: "random", entries, allow, on_violation }
    })
}

/// Rights as they are written, without those that Linux refuses.
fn rights() -> impl Strategy<Value = String> {
    let enforceable = |row: &&Row| row.rights.granted().all(|part| !matches!(part.on_linux, Enforcement::Refused(_)));
    let rows: Vec<&'static Row> = vocabulary::rows().filter(enforceable).collect();
    let lists = (
        subsequence(vec!["0x5413", "0x5401", "0x5421", "21531"], 1..4),
        subsequence(Fcntls::NAMED.iter().map(|(name, _)| *name).collect::<Vec<_>>(), 1..4),
        subsequence(vec!["recv", "send", "shutdown", "event", "fstat"], 1..4),
    );
    let terms = (subsequence(rows, 1..5), lists).prop_map(|(mut rows, (requests, commands, minted))| {
        let needed = rows.iter().fold(Rights::NONE, |needed, row| needed | row.needs);
        let declared = rows.iter().fold(Rights::NONE, |declared, row| declared | row.rights);
        if declared.contains(Rights::ACCEPT) && rows.iter().all(|row| row.name != "accept") {
            rows.extend(vocabulary::find("accept"));
        }
        rows.extend(needed.difference(declared).names().iter().filter_map(|name| vocabulary::find(name)));
        let terms = rows.iter().map(|row| match row.name {
            "ioctl" => format!("ioctl({})", requests.join(", ")),
            "fcntl" => format!("fcntl({})", commands.join(", ")),
            "accept" => format!("accept({})", minted.join(" + ")),
            name => name.to_owned(),
        });
        terms.collect::<Vec<_>>().join(" + ")
    });
    prop_oneof![12 => terms, 1 => Just("none".to_owned()), 1 => Just("hold".to_owned())]
}
