//! The programs that the tests ask about: their notes, made by the compiler as the macro has them made.

use sandbox_policy::note::{Note, Source, size, write};
use sandbox_policy::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

pub(crate) const SOURCE: Source<'static> = Source {
    module: "server::confined",
    file: "src/confined.rs",
    line: 12,
    debug_build: false,
    reaction_named: false,
    learning: false,
};

const fn given(name: &'static str, rights: Rights) -> Resource<'static> {
    Resource { name, origin: Origin::Given, grant: Grant::of(rights) }
}

const fn stream(name: &'static str, grant: Grant<'static>) -> Resource<'static> {
    Resource { name, origin: Origin::Stream, grant }
}

const CONNECTION: Grant<'static> = Grant::of(Rights::READ.union(Rights::WRITE).union(Rights::SHUTDOWN));

/// Everything that a declaration can say.
pub(crate) const SERVE: Policy<'static> = Policy {
    name: "serve",
    resources: &[
        Resource {
            name: "listener",
            origin: Origin::Acquired,
            grant: Grant::of(Rights::ACCEPT.union(Rights::EVENT)).minted(&CONNECTION),
        },
        Resource {
            name: "pages",
            origin: Origin::Acquired,
            grant: Grant::of(Rights::LOOKUP.union(Rights::READ).union(Rights::FSTAT)),
        },
        Resource {
            name: "self.terminal",
            origin: Origin::Given,
            grant: Grant::of(Rights::WRITE.union(Rights::IOCTL).union(Rights::FCNTL))
                .ioctls(&[0x5413])
                .fcntls(Fcntls::GETFL.union(Fcntls::SETFL)),
        },
        given("lock", Rights::NONE),
        stream("stdin", Grant::GONE),
    ],
    allow: Allow::THREADS,
    on_violation: OnViolation::Kill,
};

/// A simple one.
pub(crate) const COPY: Policy<'static> = Policy {
    name: "copy",
    resources: &[given("input", Rights::READ), given("out", Rights::WRITE)],
    allow: Allow::NONE,
    on_violation: OnViolation::Error,
};

/// The same with one right more.
pub(crate) const COPY_AND_SEEK: Policy<'static> =
    Policy { resources: &[given("input", Rights::READ), given("out", Rights::WRITE.union(Rights::SEEK))], ..COPY };

/// What Linux cannot enforce.
pub(crate) const RUN: Policy<'static> = Policy { name: "run", resources: &[given("program", Rights::FEXECVE)], ..COPY };

pub(crate) static SERVE_NOTE: Note<{ size(&SERVE, &NAMED) }> = write(&SERVE, &NAMED);
const NAMED: Source<'static> = Source { reaction_named: true, line: 70, ..SOURCE };

pub(crate) static COPY_NOTE: Note<{ size(&COPY, &SOURCE) }> = write(&COPY, &SOURCE);
pub(crate) static COPY_AND_SEEK_NOTE: Note<{ size(&COPY_AND_SEEK, &SOURCE) }> = write(&COPY_AND_SEEK, &SOURCE);
pub(crate) static RUN_NOTE: Note<{ size(&RUN, &SOURCE) }> = write(&RUN, &SOURCE);

const LEARNING: Source<'static> = Source { learning: true, debug_build: true, ..SOURCE };
pub(crate) static LEARNING_NOTE: Note<{ size(&COPY, &LEARNING) }> = write(&COPY, &LEARNING);

const STATEMENT: Policy<'static> = Policy { name: "src/confined.rs:12", ..COPY };
const MOVED: Source<'static> = Source { line: 99, ..SOURCE };
const MOVED_STATEMENT: Policy<'static> = Policy { name: "src/confined.rs:99", ..COPY_AND_SEEK };
pub(crate) static STATEMENT_NOTE: Note<{ size(&STATEMENT, &SOURCE) }> = write(&STATEMENT, &SOURCE);
pub(crate) static MOVED_STATEMENT_NOTE: Note<{ size(&MOVED_STATEMENT, &MOVED) }> = write(&MOVED_STATEMENT, &MOVED);
