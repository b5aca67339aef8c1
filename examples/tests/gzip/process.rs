//! What Linux tells about a process.

use std::fs;

/// The processes that `parent` has started and that still are.
pub(crate) fn workers(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("procfs").filter_map(Result::ok);
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = parent.to_string();
    processes.filter(|process| field(*process, "PPid:").is_some_and(|value| value == parent)).collect()
}

/// The first word of a line of a process's status; the process may have ended meanwhile.
pub(crate) fn field(process: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next().map(str::to_owned)
}
