//! The machine that is measured on.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) processors: usize,
    pub(crate) kernel: String,
    pub(crate) system: String,
    pub(crate) compiler: String,
    pub(crate) profile: String,
    /// How many programs wanted to run, on average over a minute, before and after.
    pub(crate) load: Vec<String>,
}

impl Machine {
    pub(crate) fn here() -> Self {
        Self {
            processor: field("/proc/cpuinfo", "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: format!("Linux {}", text("/proc/sys/kernel/osrelease").trim()),
            system: field("/etc/os-release", "PRETTY_NAME", '=').unwrap_or_else(|| "unknown".into()),
            compiler: compiler(),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" }.into(),
            load: vec![load()],
        }
    }
}

/// The load average of the last minute.
pub(crate) fn load() -> String {
    text("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned()
}

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The value of the first line `NAME SEPARATOR VALUE`.
fn field(path: &str, name: &str, separator: char) -> Option<String> {
    text(path).lines().find_map(|line| {
        let (found, value) = line.split_once(separator)?;
        (found.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output();
    version.map_or_else(|_| "unknown".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
