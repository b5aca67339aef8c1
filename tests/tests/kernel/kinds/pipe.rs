//! Both ends of a pipe.

use super::{only_read, only_written, partners};
use crate::compare::{Kind, Object};
use crate::operations::{attributes, control, reading, two, waiting, writing};

fn reader() -> Object {
    let (reader, writer) = partners::pipe();
    Object::new(reader).with(writer)
}

fn writer() -> Object {
    let (reader, writer) = partners::pipe();
    Object::new(writer).with(reader)
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "pipe_reader",
        make: reader,
        partners: partners::of_streams,
        operations: &[
            reading::STREAM,
            reading::AT_CURRENT,
            reading::PIPE,
            two::TO_PIPE,
            two::TEE_FROM,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            control::PIPE,
            waiting::ALL,
        ],
        declarations: control::DECLARATIONS,
        fits: only_read,
    },
    Kind {
        name: "pipe_writer",
        make: writer,
        partners: partners::of_streams,
        operations: &[
            writing::STREAM,
            writing::PIPE,
            two::TO_STREAM,
            two::TEE_TO,
            attributes::STAT,
            control::ANY,
            control::READABLE,
            control::NO_TERMINAL,
            control::SIGNALLING,
            control::PIPE,
            waiting::ALL,
        ],
        declarations: control::DECLARATIONS,
        fits: only_written,
    },
];
