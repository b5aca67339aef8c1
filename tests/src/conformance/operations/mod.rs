//! The operations, by what they do. Each kind of descriptor lists those that work on it.

pub(crate) mod attributes;
pub(crate) mod control;
pub(crate) mod directory;
pub(crate) mod mapping;
pub(crate) mod processes;
pub(crate) mod reading;
pub(crate) mod sockets;
pub(crate) mod waiting;
pub(crate) mod world;
pub(crate) mod writing;

use super::Operation;

/// Every operation, under headings.
pub const GROUPS: &[(&str, &[&[Operation]])] = &[
    ("Reading", &[reading::STREAM, reading::POSITIONED, reading::SOCKET]),
    ("Writing", &[writing::STREAM, writing::POSITIONED, writing::SOCKET, writing::SENDFILE, writing::ADDRESSED]),
    ("Mapping into memory", &[mapping::ALL]),
    ("Attributes and locks", &[attributes::STAT, attributes::FILE, attributes::REGULAR]),
    (
        "The descriptor itself",
        &[
            control::ANY,
            control::FLAGS,
            control::SOCKET_FLAGS,
            control::SIGNALLING,
            control::READABLE,
            control::TERMINAL,
            control::NO_TERMINAL,
        ],
    ),
    ("Sockets", &[sockets::ANY, sockets::OPTIONS, sockets::CONNECTED, sockets::SHUTDOWN, sockets::LISTENING]),
    (
        "Directories",
        &[
            directory::OPEN,
            directory::OUT,
            directory::ATTRIBUTES,
            directory::MAKE,
            directory::TAKE,
            attributes::DIRECTORY,
        ],
    ),
    ("Waiting", &[waiting::ALL, waiting::WATCHED, waiting::QUEUE]),
    ("Processes and watches behind descriptors", &[processes::PROCESS, processes::WATCHES]),
    ("Without a descriptor", &[world::PATHS, world::NETWORK, world::PROCESSES, world::OWN_BUSINESS]),
];
