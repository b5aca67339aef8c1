//! What surrounds the process, as far as it matters: kernel, container, other filters.

use std::fs;
use std::path::Path;

use serde::Serialize;

/// Something about the surroundings, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fact {
    pub(super) what: String,
    pub(super) means: String,
}

/// The system, its release and the machine.
pub(super) fn kernel() -> String {
    let about = rustix::system::uname();
    let text = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    format!("{} {} on {}", text(about.sysname()), text(about.release()), text(about.machine()))
}

/// What can be seen, on whatever system.
pub(super) fn look() -> Vec<Fact> {
    let read = |path: &str| fs::read_to_string(path).ok();
    facts(&Seen {
        version: read("/proc/version"),
        status: read("/proc/self/status"),
        actions: read("/proc/sys/kernel/seccomp/actions_avail"),
        modules: read("/sys/kernel/security/lsm"),
        container: ["/.dockerenv", "/run/.containerenv"].into_iter().find(|path| Path::new(path).exists()),
    })
}

/// The files that were read; none of them need be there.
#[derive(Debug, Default)]
struct Seen {
    version: Option<String>,
    status: Option<String>,
    actions: Option<String>,
    modules: Option<String>,
    container: Option<&'static str>,
}

fn facts(seen: &Seen) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |what: &str, means: String| facts.push(Fact { what: what.to_owned(), means });
    if seen.version.as_deref().is_some_and(|version| version.to_lowercase().contains("microsoft")) {
        add(
            "WSL",
            "WSL 2 has a Linux kernel of its own: what holds below holds; WSL 1 has none, and cannot confine"
                .to_owned(),
        );
    }
    if let Some(file) = seen.container {
        add("container", format!("{file} is there: what holds below holds within it"));
    }
    if let Some(filters) = seen.status.as_deref().and_then(other_filters) {
        add("another filter", filters);
    }
    if let Some(actions) = &seen.actions {
        let notify = actions.split_whitespace().any(|action| action == "user_notif");
        add(
            "seccomp",
            if notify {
                "filters, with notifications to another process".to_owned()
            } else {
                "filters, without notifications".to_owned()
            },
        );
    } else if cfg!(target_os = "linux") {
        add("seccomp", "the kernel does not tell (/proc/sys/kernel/seccomp is not there)".to_owned());
    }
    if let Some(modules) = &seen.modules
        && !modules.split(',').any(|module| module.trim() == "landlock")
    {
        add(
            "Landlock",
            format!(
                "not among the security modules that were started: {}. Add it: lsm=landlock,{} on the kernel's command line",
                modules.trim(),
                modules.trim()
            ),
        );
    }
    facts
}

/// Filters that are in force already (proc_pid_status(5)).
fn other_filters(status: &str) -> Option<String> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    match (field("Seccomp"), field("Seccomp_filters")) {
        (Some("2"), Some(count)) => Some(format!("{count} in force already: the strictest answer of all wins")),
        (Some("2"), None) => Some("in force already: the strictest answer of all wins".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(seen: &Seen) -> Vec<String> {
        facts(seen).into_iter().map(|fact| format!("{}: {}", fact.what, fact.means)).collect()
    }

    #[test]
    fn nothing_seen_is_nothing_said_but_about_seccomp() {
        assert!(said(&Seen::default()).iter().all(|fact| fact.starts_with("seccomp")));
    }

    #[test]
    fn what_is_seen_is_explained() {
        let seen = Seen {
            version: Some("Linux version 5.15.0-microsoft-standard-WSL2".to_owned()),
            status: Some("Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t3\n".to_owned()),
            actions: Some("kill_process trap errno user_notif allow\n".to_owned()),
            modules: Some("capability,yama\n".to_owned()),
            container: Some("/.dockerenv"),
        };
        let said = said(&seen).join("\n");
        for part in [
            "WSL 2",
            "/.dockerenv is there",
            "3 in force already",
            "seccomp: filters, with notifications",
            "lsm=landlock,capability,yama",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn a_kernel_without_notifications_is_told_apart() {
        let seen = Seen { actions: Some("kill_process trap errno allow".to_owned()), ..Seen::default() };
        assert_eq!(said(&seen), ["seccomp: filters, without notifications"]);
        let modules = |modules: &str| said(&Seen { modules: Some(modules.to_owned()), ..Seen::default() });
        assert!(!modules("capability,landlock,yama").iter().any(|fact| fact.starts_with("Landlock")));
    }
}
