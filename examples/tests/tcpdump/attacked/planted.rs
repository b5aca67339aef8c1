//! The attacker's sink.

use std::fs::File;

use sandbox_tests::check::{expect_denied, expect_ok};
use sandbox_tests::sys::Errno;

use crate::attempts::{self, Prey};
use crate::confined;
use crate::failure::Failure;
use crate::output::Output;
use crate::packet::{Link, Packet};
use crate::scene;
use crate::session::Session;
use crate::signals::Stop;
use crate::sink::Sink;

/// What a packet has to say.
pub(crate) const WORDS: &[u8] = b"open sesame";

/// Makes the attempts when it is told to, and keeps what came of them.
struct Planted {
    prey: Prey,
    outcomes: Vec<(&'static str, Result<i64, Errno>)>,
}

impl Sink for Planted {
    fn begin(&mut self, _: Link, _: &mut Output) -> Result<(), Failure> {
        Ok(())
    }

    fn packet(&mut self, packet: &Packet<'_>, _: &mut Output) -> Result<(), Failure> {
        if packet.data.ends_with(WORDS) {
            self.outcomes = attempts::made(&self.prey);
        }
        Ok(())
    }
}

/// Every attempt succeeds where nothing confines it.
pub(crate) fn unconfined(prey: &Prey) {
    for (what, outcome) in attempts::made(prey) {
        expect_ok(what, outcome);
    }
}

pub(crate) fn from_a_file() {
    let ((input, out), prey) = scene::file();
    let (stop, mut session) = waiting(prey);
    confined::read(input, "in", out, "out".to_owned(), &stop, &mut session).expect("it is read");
    all_refused(&session);
}

pub(crate) fn from_an_interface() {
    let ((capture, out), prey) = scene::interface();
    let (stop, mut session) = waiting(prey);
    confined::capture(capture, "lo", out, "out".to_owned(), &stop, &mut session).expect("it is captured");
    all_refused(&session);
}

fn waiting(prey: Prey) -> (Stop, Session<Planted>) {
    let sink = Planted { prey, outcomes: Vec::new() };
    let session = Session { sink, limit: Some(1), snaplen: 1000, prompt: false, count: 0 };
    (Stop::watch().expect("handlers"), session)
}

fn all_refused(session: &Session<Planted>) {
    let outcomes = &session.sink.outcomes;
    assert!(outcomes.len() >= 25, "{} attempts", outcomes.len());
    for (what, outcome) in outcomes {
        expect_denied(what, *outcome);
    }
}
