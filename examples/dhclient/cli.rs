//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value};

use crate::background;

/// The longest name of an interface (`IFNAMSIZ` without the zero at its end; the same on FreeBSD).
const NAME_MAX: usize = 15;
/// How long `-1` tries, where nothing else is said.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where leases are kept, where nothing else is said.
pub(crate) const LEASE_FOLDER: &str = if cfg!(target_os = "freebsd") { "/var/db" } else { "/var/lib/dhclient" };
const PID_FOLDER: &str = "/var/run";
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Options of several letters behind one hyphen, as dhclient has always had them, and what they are here.
const WORDS: [(&str, &str); 3] = [("-lf", "--lease-file"), ("-pf", "--pid-file"), ("-sf", "--script")];

pub(crate) const HELP: &str = "\
Usage: dhclient [-1drv] [-lf FILE] [-pf FILE] [-sf SCRIPT] [OPTION]... INTERFACE
Get an IPv4 address for INTERFACE from a DHCP server, and keep it.

  -1                     try once: exit with 2 if there is no lease in time
      --timeout=SECONDS  how long -1 tries (by default, 60 seconds)
  -d                     stay in the foreground (by default, go to the
                         background with the first lease)
  -lf FILE, --lease-file=FILE
                         keep the lease in FILE
                         (LEASES/dhclient.INTERFACE.leases)
  -pf FILE, --pid-file=FILE
                         keep the process number in FILE
                         (/var/run/dhclient.INTERFACE.pid)
  -r                     end the client that runs, give its lease back, and
                         take the address off the interface
  -sf SCRIPT, --script=SCRIPT
                         run SCRIPT to apply a lease, instead of doing it
      --resolv-conf=FILE write the name servers to FILE (/etc/resolv.conf);
                         to nowhere if FILE is empty
  -v                     tell about every message
  -h, --help             give this help
  -V, --version          display version number

Exit codes:
  0  a lease was got (and is kept by a process in the background) or given back
  1  an error: no such interface, no permission, a wrong option
  2  with -1: no lease in time
A signal (INT, TERM, HUP) ends the client as that signal; the address stays.

Examples:
  dhclient eth0          get an address and keep it in the background
  dhclient -1 -d -v eth0 watch it
  dhclient -r eth0       give it back
";

pub(crate) const VERSION: &str = concat!(
    "dhclient ",
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("CARGO_PKG_NAME"),
    ")\nThe code that reads packets runs confined to one socket and a pipe.\n",
);

/// Everything that the options say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each one is an option that is given or not")]
pub(crate) struct Settings {
    pub(crate) interface: String,
    /// How long to try, where not for ever.
    pub(crate) patience: Option<Duration>,
    pub(crate) foreground: bool,
    /// This is the process in the background.
    pub(crate) background: bool,
    pub(crate) release: bool,
    pub(crate) verbose: bool,
    pub(crate) lease_file: PathBuf,
    pub(crate) pid_file: PathBuf,
    pub(crate) script: Option<PathBuf>,
    pub(crate) resolv_conf: Option<PathBuf>,
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Run(Box<Settings>),
    Show(String),
}

/// Reads the arguments behind the program's name.
///
/// # Errors
///
/// What is wrong with them, as a line for the user.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let (mut once, mut timeout) = (false, None);
    let (mut foreground, mut in_background, mut release, mut verbose) = (false, false, false, false);
    let (mut lease_file, mut pid_file, mut script) = (None, None, None);
    let mut resolv_conf = Some(PathBuf::from(RESOLV_CONF));
    let mut interface = None;
    let mut parser = lexopt::Parser::from_args(arguments.into_iter().map(spelled));
    let wrong = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Short('1') => once = true,
            Long("timeout") => timeout = Some(seconds(&parser.value().map_err(wrong)?)?),
            Short('d') => foreground = true,
            Short('r') => release = true,
            Short('v') => verbose = true,
            Long("lease-file") => lease_file = Some(path(&parser.value().map_err(wrong)?)?),
            Long("pid-file") => pid_file = Some(path(&parser.value().map_err(wrong)?)?),
            Long("script") => script = Some(path(&parser.value().map_err(wrong)?)?),
            Long("resolv-conf") => {
                let value = parser.value().map_err(wrong)?;
                resolv_conf = if value.is_empty() { None } else { Some(path(&value)?) };
            }
            Long(background::OPTION) => in_background = true,
            Short('h') | Long("help") => return Ok(Command::Show(HELP.replace("LEASES", LEASE_FOLDER))),
            Short('V') | Long("version") => return Ok(Command::Show(VERSION.to_owned())),
            Value(name) if interface.is_none() => interface = Some(self::name(&name)?),
            Value(_) => return Err("more than one interface: start a client for each".to_owned()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    let interface = interface.ok_or("no interface is named")?;
    if timeout.is_some() && !once {
        return Err("--timeout says how long -1 tries: give -1 too".to_owned());
    }
    let default = |folder: &str, ending: &str| Path::new(folder).join(format!("dhclient.{interface}.{ending}"));
    Ok(Command::Run(Box::new(Settings {
        patience: once.then(|| timeout.unwrap_or(PATIENCE)),
        foreground,
        background: in_background,
        release,
        verbose,
        lease_file: lease_file.unwrap_or_else(|| default(LEASE_FOLDER, "leases")),
        pid_file: pid_file.unwrap_or_else(|| default(PID_FOLDER, "pid")),
        script,
        resolv_conf,
        interface,
    })))
}

/// An argument as the parser knows it: it takes `-lf` for `-l f`.
fn spelled(argument: OsString) -> OsString {
    let known = WORDS.iter().find(|(word, _)| argument == *word);
    known.map_or(argument, |(_, option)| OsString::from(*option))
}

fn seconds(value: &OsStr) -> Result<Duration, String> {
    let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    let number: u32 = number.ok_or_else(|| format!("`{}` is no number of seconds", value.display()))?;
    Ok(Duration::from_secs(number.into()))
}

/// The process in the background works in another folder.
fn path(value: &OsStr) -> Result<PathBuf, String> {
    std::path::absolute(value).map_err(|error| format!("`{}`: {error}", value.display()))
}

/// The name is part of file names, and goes to a script.
fn name(value: &OsStr) -> Result<String, String> {
    let text = value.to_str().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let good = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(plain) && text != "." && text != "..";
    if good { Ok(text.to_owned()) } else { Err(format!("`{}` is no name of an interface", value.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<Settings, String> {
        match parse(arguments.iter().map(OsString::from))? {
            Command::Run(settings) => Ok(*settings),
            Command::Show(text) => Err(text),
        }
    }

    #[test]
    fn the_usual_options_are_read() {
        let settings = run(&["-1", "-d", "-lf", "/l", "-pf", "/p", "-sf", "/s", "-v", "eth0"]).expect("good options");
        assert_eq!((settings.interface.as_str(), settings.patience), ("eth0", Some(PATIENCE)));
        assert!(settings.foreground && settings.verbose && !settings.release);
        assert_eq!((settings.lease_file, settings.pid_file), ("/l".into(), "/p".into()));
        assert_eq!((settings.script, settings.resolv_conf), (Some("/s".into()), Some(RESOLV_CONF.into())));
    }

    #[test]
    fn letters_may_stand_together_and_files_have_defaults() {
        let settings = run(&["-1dv", "--timeout=5", "--resolv-conf=", "eth0.7"]).expect("good options");
        assert_eq!((settings.patience, settings.resolv_conf), (Some(Duration::from_secs(5)), None));
        assert!(settings.lease_file.ends_with("dhclient.eth0.7.leases"), "{}", settings.lease_file.display());
        assert_eq!(settings.pid_file, Path::new("/var/run/dhclient.eth0.7.pid"));
        let settings = run(&["-lf", "here", "eth0"]).expect("good options");
        assert!(settings.lease_file.is_absolute());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (arguments, says) in [
            (&[][..], "no interface is named"),
            (&["a", "b"], "more than one interface"),
            (&["../x"], "`../x` is no name of an interface"),
            (&["a-name-too-long-"], "is no name of an interface"),
            (&["-x", "eth0"], "invalid option '-x'"),
            (&["-1", "--timeout", "soon", "eth0"], "`soon` is no number of seconds"),
            (&["--timeout", "5", "eth0"], "give -1 too"),
            (&["eth0", "-lf"], "missing argument"),
        ] {
            let error = run(arguments).expect_err("a wrong option");
            assert!(error.contains(says), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn help_names_every_option() {
        let help = run(&["--help"]).expect_err("help is shown");
        for option in ["-1", "-d", "-lf", "-pf", "-sf", "-r", "-v", "--timeout", "--resolv-conf", "Exit codes"] {
            assert!(help.contains(option), "{option}");
        }
        assert!(!help.contains("LEASES"));
    }
}
