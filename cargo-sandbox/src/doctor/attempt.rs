//! The proof: a process of its own is confined, and says what holds in it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use sandbox_rt::worker::{self, Given, Outcome, Worker};
use sandbox_rt::{Rights, Sandbox};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};

/// The name of the worker's function.
const FUNCTION: &str = "doctor";

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(super) enum Attempt {
    Entered {
        mechanisms: Vec<Mechanism>,
        /// The version of Landlock; none or 0 if there is none.
        landlock: Option<u32>,
    },
    Failed {
        error: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mechanism {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) state: State,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    Holds,
    NotNeeded,
    Missing,
}

impl Attempt {
    pub(super) fn entered(&self) -> bool {
        matches!(self, Self::Entered { .. })
    }
}

pub(super) fn serve() -> Option<ExitCode> {
    worker::serve(&[(FUNCTION, confine)])
}

/// In the worker: confines it and reports.
fn confine(mut given: Given) -> ExitCode {
    let Ok(report) = given.descriptor("report").map(File::from) else { return ExitCode::FAILURE };
    let entered = Sandbox::new(FUNCTION).grant("report", &report, Rights::WRITE).enter();
    let attempt = match entered {
        Ok(()) => entered_as(sandbox_rt::status()),
        Err(error) => Attempt::Failed { error: error.to_string() },
    };
    match serde_json::to_vec(&attempt).map_err(io::Error::from).and_then(|text| (&report).write_all(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn entered_as(status: Option<&sandbox_rt::Status>) -> Attempt {
    let mechanisms: Vec<Mechanism> = status
        .map(sandbox_rt::Status::mechanisms)
        .unwrap_or_default()
        .iter()
        .map(|mechanism| {
            let (state, text) = match &mechanism.state {
                sandbox_rt::State::Holds(extent) => (State::Holds, extent.clone()),
                sandbox_rt::State::NotNeeded(reason) => (State::NotNeeded, (*reason).to_owned()),
                sandbox_rt::State::Missing(reason) => (State::Missing, reason.clone()),
            };
            Mechanism { name: mechanism.name.to_owned(), required: mechanism.required, state, text }
        })
        .collect();
    let landlock = mechanisms
        .iter()
        .find(|mechanism| mechanism.name == "Landlock" && mechanism.state == State::Holds)
        .and_then(|mechanism| mechanism.text.strip_prefix("version ")?.split(':').next()?.parse().ok());
    Attempt::Entered { mechanisms, landlock }
}

/// Starts the worker and reads its report.
pub(super) fn run() -> Result<Attempt> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot try the sandbox: {error}"));
    let (mut reports, sender) = io::pipe().map_err(|error| failed(&error))?;
    let running = Worker::new(FUNCTION).give("report", sender).spawn().map_err(|error| failed(&error))?;
    let mut report = Vec::new();
    let read = reports.read_to_end(&mut report);
    let outcome = running.wait().map_err(|error| failed(&error))?;
    read.map_err(|error| failed(&error))?;
    // A worker that was not confined ends with 125 and has said why.
    match (serde_json::from_slice(&report), outcome) {
        (Ok(attempt), Outcome::Exited(_)) => Ok(attempt),
        (_, Outcome::Exited(status)) => {
            Err(failed(&format!("its process ended with exit status {status} and no report")))
        }
        (_, Outcome::Panicked) => Err(failed(&"its process panicked")),
        (_, Outcome::Signalled(signal)) => {
            Ok(Attempt::Failed { error: format!("its process was ended by signal {signal}") })
        }
    }
}
