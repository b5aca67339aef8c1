//! The privileged part: it applies the leases that the confined part reports, and never looks at a packet.

use std::fmt;
use std::fs;
use std::io::{self, PipeReader, Read as _};
use std::net::UdpSocket;
use std::process::ExitCode;
use std::time::SystemTime;

use sandbox_rt::worker::Outcome;

use crate::background;
use crate::cli::{LEASE_FOLDER, Settings};
use crate::confined::{self, GAVE_UP, Release, Task};
use crate::console::{complain, say};
use crate::files;
use crate::frame::CLIENT_PORT;
use crate::lease::Lease;
use crate::lease_file;
use crate::link::Interface;
use crate::network::Network;
use crate::pid_file::PidFile;
use crate::report::{Loss, REPORT_MAX, Reason, Report};
use crate::resolv_conf::{self, Written};
use crate::script;
use crate::sys::PacketSocket;
use crate::wire::Identity;
use sandbox_examples::signals::{Caught, Signals, die_of};

/// Why the client ends with 1: a line for the user.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts what was attempted in front of an error.
trait Attempt<T> {
    fn attempt(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Attempt<T> for Result<T, E> {
    fn attempt(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}

/// The privileged part at work.
#[derive(Debug)]
struct Session<'a> {
    settings: &'a Settings,
    network: Network,
    interface: Interface,
    /// What is applied.
    held: Option<Lease>,
}

/// How the client ended.
#[derive(Debug)]
enum Ended {
    Code(ExitCode),
    Signal(i32),
}

/// Gets and keeps a lease.
///
/// # Errors
///
/// If something cannot be had that is needed, or the confined part fails.
pub(crate) fn run(settings: &Settings, signals: &Signals) -> Result<ExitCode, Failure> {
    if settings.background {
        background::detach().attempt("cannot go to the background")?;
    }
    match keep_lease(settings, signals)? {
        Ended::Code(code) => Ok(code),
        Ended::Signal(signal) => Ok(die_of(signal)),
    }
}

fn keep_lease(settings: &Settings, signals: &Signals) -> Result<Ended, Failure> {
    let _lock = match PidFile::take(&settings.pid_file) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            return Err(Failure(format!("a client for {} runs already (-r ends it)", settings.interface)));
        }
        other => other.attempt(settings.pid_file.display())?,
    };
    if settings.lease_file.starts_with(LEASE_FOLDER) {
        fs::create_dir_all(LEASE_FOLDER).attempt(LEASE_FOLDER)?;
    }
    let mut session = Session::begin(settings)?;
    let link = session.link()?;
    // Without somebody at the port the kernel answers a server that it is not there. What arrives is not read.
    let _port = UdpSocket::bind(("0.0.0.0", CLIENT_PORT));
    let (reports, sender) = io::pipe().attempt("cannot make a pipe")?;
    let task = Task { identity: session.identity(), previous: session.previous(), patience: settings.patience };
    let mut worker = confined::start(&task, link, sender).attempt("cannot start the confined part")?;
    let watched = session.watch(reports, signals);
    if !matches!(watched, Ok(End::Closed)) {
        worker.kill().attempt("cannot end the confined part")?;
    }
    let outcome = worker.wait().attempt("cannot wait for the confined part")?;
    // A terminal's interrupt goes to both processes.
    if let (End::Signal(signal), _) | (End::Closed, Err(Caught(signal))) = (watched?, signals.check()) {
        return Ok(Ended::Signal(signal));
    }
    match outcome {
        Outcome::Exited(code) if code == i32::from(GAVE_UP) => {
            say(format_args!("no lease on {}", settings.interface));
            Ok(Ended::Code(ExitCode::from(GAVE_UP)))
        }
        Outcome::Exited(code) => Err(Failure(format!("the confined part ended with exit code {code}"))),
        Outcome::Signalled(signal) => Err(Failure(format!("the confined part was killed by signal {signal}"))),
        Outcome::Panicked => Err(Failure("the confined part panicked".to_owned())),
    }
}

/// Ends the client that runs, and gives its lease back.
///
/// # Errors
///
/// If there is no lease that could be given back, or something that is needed cannot be had.
pub(crate) fn release(settings: &Settings) -> Result<ExitCode, Failure> {
    let _lock = PidFile::take_over(&settings.pid_file).attempt(settings.pid_file.display())?;
    let path = settings.lease_file.display();
    let stored = lease_file::read(&settings.lease_file, SystemTime::now()).attempt(&path)?;
    let stored = stored.filter(|stored| stored.interface == settings.interface);
    let Some(lease) = stored.map(|stored| stored.lease) else {
        return Err(Failure(format!("{path}: there is no lease of {}", settings.interface)));
    };
    let mut session = Session::begin(settings)?;
    if lease.times.expire > 0 {
        let (address, server) = (lease.address, lease.server);
        let job = Release { identity: session.identity(), address, server, hop: lease.next_hop(server) };
        let link = session.link()?;
        match confined::give_back(&job, link).attempt("cannot start the confined part")? {
            Outcome::Exited(0) => say(format_args!("released {address}")),
            other => complain(format_args!("could not tell {server}: {other:?}")),
        }
    }
    session.take_away(&lease, "RELEASE")?;
    files::remove(&settings.lease_file).attempt(path)?;
    Ok(ExitCode::SUCCESS)
}

/// What ends the watch.
#[derive(Debug)]
enum End {
    Signal(i32),
    /// The confined part has nothing more to say.
    Closed,
}

impl<'a> Session<'a> {
    fn begin(settings: &'a Settings) -> Result<Self, Failure> {
        let name = &settings.interface;
        let mut network = Network::open().attempt("cannot configure the network")?;
        let interface = network.interface(name).attempt(name)?;
        network.bring_up(&interface).attempt(format_args!("cannot switch {name} on"))?;
        Ok(Self { settings, network, interface, held: None })
    }

    fn link(&self) -> Result<PacketSocket, Failure> {
        let name = &self.interface.name;
        PacketSocket::open(&self.interface).attempt(format_args!("cannot open a socket for the packets of {name}"))
    }

    fn identity(&self) -> Identity {
        let Interface { name, mac, .. } = &self.interface;
        Identity { interface: name.clone(), mac: *mac, verbose: self.settings.verbose }
    }

    /// The lease of an earlier run, if it is not over. A file that cannot be read is no reason not to begin anew.
    fn previous(&mut self) -> Option<std::net::Ipv4Addr> {
        let path = &self.settings.lease_file;
        let stored = lease_file::read(path, SystemTime::now()).unwrap_or_else(|error| {
            complain(format_args!("{}: {error}", path.display()));
            None
        });
        let usable = |lease: &Lease| lease.check().is_ok();
        let lease = stored.filter(|stored| stored.interface == self.interface.name).map(|stored| stored.lease);
        // Whether it is still applied is not known: taking it away is harmless where it is not.
        self.held = lease.filter(usable);
        self.held.as_ref().map(|lease| lease.address)
    }

    /// Applies what is reported until there is nothing more, or a signal comes.
    fn watch(&mut self, mut reports: PipeReader, signals: &Signals) -> Result<End, Failure> {
        let mut bytes = Vec::with_capacity(REPORT_MAX);
        let mut buffer = [0; REPORT_MAX];
        loop {
            if let Err(Caught(signal)) = signals.wait_for(&reports) {
                return Ok(End::Signal(signal));
            }
            match reports.read(&mut buffer) {
                Ok(0) => return Ok(End::Closed),
                Ok(length) => bytes.extend(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error).attempt("cannot read the confined part's reports"),
            }
            loop {
                match Report::take(&mut bytes) {
                    Ok(Some(report)) => self.apply(report)?,
                    Ok(None) => break,
                    Err(wrong) => return Err(Failure(format!("the confined part's report is none: {wrong:?}"))),
                }
            }
        }
    }

    fn apply(&mut self, report: Report) -> Result<(), Failure> {
        match report {
            Report::Held(reason, lease) => self.hold(reason, lease),
            Report::Lost(loss) => {
                let why = match loss {
                    Loss::Expired => "is over",
                    Loss::Refused => "was refused",
                };
                let Some(lease) = self.held.take() else { return Ok(()) };
                self.take_away(&lease, "EXPIRE")?;
                files::remove(&self.settings.lease_file).attempt(self.settings.lease_file.display())?;
                say(format_args!("the lease of {} {why}", lease.address));
                Ok(())
            }
        }
    }

    fn hold(&mut self, reason: Reason, lease: Lease) -> Result<(), Failure> {
        let differs = |before: &mut Lease| (before.address, before.prefix) != (lease.address, lease.prefix);
        if let Some(before) = self.held.take_if(differs) {
            self.take_away(&before, "EXPIRE")?;
        }
        let name = &self.interface.name;
        let path = &self.settings.lease_file;
        if let Err(error) = lease_file::write(path, name, &lease, SystemTime::now()) {
            // The next run begins anew; this one goes on.
            complain(format_args!("{}: {error}", path.display()));
        }
        if let Some(script) = &self.settings.script {
            let reason = match reason {
                Reason::Bound => "BOUND",
                Reason::Rebooted => "REBOOT",
                Reason::Renewed => "RENEW",
                Reason::Rebound => "REBIND",
            };
            script::run(script, name, reason, &lease).attempt(script.display())?;
        } else {
            self.network.assign(&self.interface, &lease).attempt(format_args!("cannot set the address"))?;
            self.name_servers(&lease);
        }
        let word = match reason {
            Reason::Bound | Reason::Rebooted => "bound to",
            Reason::Renewed => "renewed",
            Reason::Rebound => "rebound",
        };
        say(format_args!("{word} {} on {name} -- renewal in {} seconds", lease.address, lease.times.renew));
        self.held = Some(lease);
        if self.settings.background {
            // Once is enough, and nobody listens to the others.
            background::ready();
        }
        Ok(())
    }

    /// A machine without name servers is better than one without an address.
    fn name_servers(&self, lease: &Lease) {
        let Some(path) = &self.settings.resolv_conf else { return };
        match resolv_conf::write(path, &self.interface.name, lease) {
            Ok(Written::Done | Written::Nothing) => {}
            Ok(Written::SomeoneElses) => {
                say(format_args!("{} is a link: it is left to the program that made it", path.display()));
            }
            Err(error) => complain(format_args!("{}: {error}", path.display())),
        }
    }

    fn take_away(&mut self, lease: &Lease, reason: &str) -> Result<(), Failure> {
        match &self.settings.script {
            Some(script) => script::run(script, &self.interface.name, reason, lease).attempt(script.display()),
            None => self.network.withdraw(&self.interface, lease).attempt("cannot take the address away"),
        }
    }
}
