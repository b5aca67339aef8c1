//! The thread that watches: it knows which resource a number belongs to, and writes down each kind of call once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{OwnedFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use sandbox_policy::linux::{Call, Names};
use sandbox_policy::note::Source;
use sandbox_policy::observed::{Event, Observation, Subject};
use sandbox_policy::{Declared, Origin};

use super::super::entry::ARCH;
use super::super::mappings;
use super::arguments::deciding;
use super::listener::{self, Notification};
use super::memory::Memory;
use crate::sys::{Fields, Request};
use crate::{Error, ErrorKind};

/// `AT_EMPTY_PATH`: the call is about the descriptor itself if the path is empty.
const AT_EMPTY_PATH: u64 = 0x1000;
/// `MAP_ANONYMOUS`.
const ANONYMOUS: u64 = 0x20;
/// The arguments of `mmap` that share memory for writing: `PROT_WRITE`, `MAP_SHARED`.
const SHARED_WRITE: [u64; 6] = [0, 0, 0x2, 0x1, 0, 0];
/// The size of a `struct pollfd`.
const POLLFD: usize = 8;
/// The most descriptors of one call that are looked at.
const MOST: u64 = 4096;

pub(super) struct Watcher {
    process: u32,
    /// What each number is.
    numbers: BTreeMap<u32, Subject>,
    /// Where the descriptors of resources lead: a copy leads there too.
    links: Vec<(PathBuf, Subject)>,
    /// Every resource that accepted something.
    listeners: Vec<String>,
    written: HashSet<Event>,
    /// By thread: asking for metadata may turn out to be a hint.
    waiting: HashMap<u32, Vec<(u32, Event)>>,
    memory: Memory,
    file: File,
}

/// A watcher whose thread runs and waits for its listener.
pub(super) struct Started(Sender<OwnedFd>);

impl Watcher {
    pub(super) fn new(
        request: &Request<'_>,
        source: &Source<'_>,
        fields: &Fields<'_>,
        open: &[RawFd],
        file: File,
    ) -> Result<Self, Error> {
        let memory = Memory::open().map_err(|error| {
            Error::system("open /proc/self/mem", error.raw_os_error().unwrap_or(0)).kind_is(ErrorKind::Unsupported)
        })?;
        let mut watcher = Self {
            process: std::process::id(),
            numbers: BTreeMap::new(),
            links: Vec::new(),
            listeners: Vec::new(),
            written: HashSet::new(),
            waiting: HashMap::new(),
            memory,
            file,
        };
        watcher.write(Event::Entered {
            function: request.policy.name.to_owned(),
            module: source.module.to_owned(),
            file: source.file.to_owned(),
            line: source.line,
        });
        for (resource, descriptors) in request.policy.resources.iter().zip(request.descriptors) {
            let grant = &resource.grant;
            let declared = Declared {
                rights: grant.rights,
                gone: grant.gone,
                ioctls: grant.ioctls.to_vec(),
                fcntls: grant.fcntls,
                minted: None,
            };
            let fields = match fields.iter().find(|(name, _)| *name == resource.name) {
                // A parameter whose type holds no descriptors.
                Some((_, None)) => continue,
                Some((_, Some(fields))) => &fields[..],
                None => &[],
            };
            let mut places: Vec<(String, Vec<RawFd>)> = Vec::new();
            for (field, number) in fields {
                let name = format!("{}.{field}", resource.name);
                match places.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, numbers)) => numbers.push(*number),
                    None => places.push((name, vec![*number])),
                }
            }
            if places.is_empty() {
                places.push((resource.name.to_owned(), descriptors.clone()));
            }
            for (name, descriptors) in places {
                watcher.write(Event::Resource {
                    name: name.clone(),
                    descriptors: descriptors.len(),
                    declared: declared.to_string(),
                });
                for number in descriptors {
                    watcher.know(number.unsigned_abs(), &Subject::Resource(name.clone()));
                }
            }
        }
        for (number, stream) in (0..).zip(["stdin", "stdout", "stderr"]) {
            let declared =
                request.policy.resources.iter().any(|one| one.origin == Origin::Stream && one.name == stream);
            if !declared && open.contains(&number) && !watcher.numbers.contains_key(&number.unsigned_abs()) {
                watcher.know(number.unsigned_abs(), &Subject::Resource(stream.to_owned()));
            }
        }
        for number in open.iter().map(|number| number.unsigned_abs()) {
            if !watcher.numbers.contains_key(&number)
                && let Some(link) = link(number)
            {
                watcher.numbers.insert(number, Subject::Undeclared(link.to_string_lossy().into_owned()));
            }
        }
        watcher.mapped()?;
        Ok(watcher)
    }

    /// What is mapped for writing is used without calls: it stands for those that its descriptor must permit.
    fn mapped(&mut self) -> Result<(), Error> {
        for mapping in mappings::shared()?.into_iter().filter(|mapping| mapping.writable) {
            let (mut subject, mut call, mut arguments) = (Subject::Undeclared(mapping.name), Call::mmap, SHARED_WRITE);
            for (number, known) in &self.numbers {
                let number = number.cast_signed();
                if matches!(known, Subject::Resource(_)) && mappings::file(number)? == mapping.file {
                    subject = known.clone();
                    if mappings::is_packet_socket(number)? {
                        (call, arguments) = (Call::recvfrom, [0; 6]);
                    }
                }
            }
            self.write(Event::Call { subject, call, arguments, path: None, hint: false });
        }
        Ok(())
    }

    fn know(&mut self, number: u32, subject: &Subject) {
        if let Some(link) = link(number) {
            self.links.push((link, subject.clone()));
        }
        self.numbers.entry(number).or_insert_with(|| subject.clone());
    }

    /// Starts the thread, which no filter holds. Signals are the program's own threads' to handle.
    pub(super) fn start(self) -> Result<Started, Error> {
        let (sender, receiver) = channel();
        let run = move || self.run(&receiver);
        let spawned = without_signals(|| std::thread::Builder::new().name("sandbox-learn".into()).spawn(run))?;
        spawned
            .map(|_| Started(sender))
            .map_err(|error| Error::system("start the thread that watches", error.raw_os_error().unwrap_or(0)))
    }

    fn run(mut self, listeners: &Receiver<OwnedFd>) {
        let Ok(listener) = listeners.recv() else { return };
        while let Some(notification) = listener::receive(&listener) {
            let errno = self.look(&notification);
            listener::answer(&listener, &notification, errno);
        }
    }

    /// Writes down a call; gives the errno with which it fails, if it cannot be let happen.
    fn look(&mut self, notification: &Notification) -> Option<i32> {
        let Notification { thread, number, arguments, .. } = notification;
        // A child that the program has made is not confined either; that it was made has been written.
        if !Path::new(&format!("/proc/self/task/{thread}")).exists() {
            return None;
        }
        let call = Call::with_number(ARCH, u32::try_from(*number).ok()?)?;
        match call {
            Call::exit_group => self.settle(*thread, false),
            Call::close => {
                self.settle(*thread, false);
                self.numbers.remove(&low(arguments[0]));
            }
            Call::poll | Call::ppoll | Call::select | Call::pselect6 => self.waits(call, arguments),
            // The thread that watches would not survive it, and nobody would answer then.
            Call::execve | Call::execveat => {
                self.call(*thread, call, arguments);
                return Some(libc::EPERM);
            }
            _ => self.call(*thread, call, arguments),
        }
        None
    }

    fn call(&mut self, thread: u32, call: Call, arguments: &[u64; 6]) {
        let path = match call.names() {
            Names::Path(argument) | Names::PathAt(_, argument) => self.memory.string(arguments[usize::from(argument)]),
            _ => None,
        };
        let kept = deciding(call, arguments);
        let event = |subject, call, path| Event::Call { subject, call, arguments: kept, path, hint: false };
        match call.names() {
            Names::TwoDescriptors(from, to) => {
                // Where std copies, it asks about both before.
                self.settle(thread, true);
                for (place, argument) in [from, to].into_iter().enumerate() {
                    let subject = self.subject(low(arguments[usize::from(argument)]));
                    let mut arguments = kept;
                    arguments[0] = place as u64;
                    self.write(Event::Call { subject, call, arguments, path: None, hint: false });
                }
            }
            Names::PathAt(directory, _) => {
                let number = low(arguments[usize::from(directory)]);
                let about_it = call == Call::newfstatat
                    && arguments[3] & AT_EMPTY_PATH != 0
                    && path.as_deref().is_none_or(str::is_empty);
                if about_it {
                    let subject = self.subject(number);
                    let asked = Event::Call { subject, call: Call::fstat, arguments: [0; 6], path: None, hint: false };
                    self.waiting.entry(thread).or_default().push((number, asked));
                    return;
                }
                self.settle(thread, false);
                let absolute = path.as_deref().is_some_and(|path| path.starts_with('/'));
                let subject =
                    if absolute || (number.cast_signed()) < 0 { Subject::Nothing } else { self.subject(number) };
                self.write(event(subject, call, path));
            }
            Names::Descriptor(argument) => {
                let number = low(arguments[usize::from(argument)]);
                if call == Call::fstat {
                    let asked = event(self.subject(number), call, None);
                    self.waiting.entry(thread).or_default().push((number, asked));
                    return;
                }
                // Behind metadata, std asks for the position: together they say how much there is to read.
                let asks_where = call == Call::lseek && arguments[1] == 0 && arguments[2] == 1;
                let hint = asks_where
                    && self.waiting.get(&thread).is_some_and(|all| all.last().is_some_and(|(of, _)| *of == number));
                self.settle(thread, hint);
                let subject = self.subject(number);
                self.descriptor_call(call, arguments, &subject);
                self.write(Event::Call { subject, call, arguments: kept, path: None, hint });
            }
            Names::Mapping(argument) => {
                self.settle(thread, false);
                let subject = if arguments[3] & ANONYMOUS != 0 {
                    Subject::Nothing
                } else {
                    self.subject(low(arguments[usize::from(argument)]))
                };
                self.write(event(subject, call, None));
            }
            Names::Peer if call != Call::socket && call != Call::socketpair => {
                self.settle(thread, false);
                let subject = self.subject(low(arguments[0]));
                self.write(event(subject, call, None));
            }
            Names::Nothing | Names::Process | Names::Path(_) | Names::Peer => {
                self.settle(thread, false);
                self.write(event(Subject::Nothing, call, path));
            }
        }
    }

    /// What becomes of the numbers.
    fn descriptor_call(&mut self, call: Call, arguments: &[u64; 6], subject: &Subject) {
        match (call, subject) {
            (Call::accept | Call::accept4, Subject::Resource(name)) if !self.listeners.contains(name) => {
                self.listeners.push(name.clone());
            }
            (Call::dup2 | Call::dup3, _) => {
                self.numbers.insert(low(arguments[1]), subject.clone());
            }
            _ => {}
        }
    }

    /// What a number is: known since entry, a copy, or made since.
    fn subject(&self, number: u32) -> Subject {
        if let Some(known) = self.numbers.get(&number) {
            return known.clone();
        }
        let Some(link) = link(number) else { return Subject::Other(format!("descriptor {number}, which is not open")) };
        if let Some((_, copied)) = self.links.iter().find(|(known, _)| *known == link) {
            return copied.clone();
        }
        let beneath = self.links.iter().find(|(known, _)| known.is_dir() && link.starts_with(known));
        match (beneath, self.listeners.first()) {
            (Some((_, Subject::Resource(name))), _) => Subject::Beneath(name.clone()),
            (_, Some(listener)) if link.as_os_str().to_string_lossy().starts_with("socket:") => {
                Subject::Accepted(listener.clone())
            }
            _ => Subject::Other(link.to_string_lossy().into_owned()),
        }
    }

    /// Calls that wait for sets of descriptors in memory.
    fn waits(&mut self, call: Call, arguments: &[u64; 6]) {
        let mut numbers = Vec::new();
        if matches!(call, Call::poll | Call::ppoll) {
            let count = usize::try_from(arguments[1].min(MOST)).unwrap_or(0);
            let set = self.memory.bytes(arguments[0], count * POLLFD).unwrap_or_default();
            for entry in set.chunks_exact(POLLFD) {
                numbers.extend(entry.first_chunk().map(|number| i32::from_le_bytes(*number)));
            }
        } else {
            let count = arguments[0].min(MOST);
            for set in arguments[1..4].iter().filter(|set| **set != 0) {
                let bytes =
                    self.memory.bytes(*set, usize::try_from(count.div_ceil(8)).unwrap_or(0)).unwrap_or_default();
                let bits = bytes
                    .iter()
                    .enumerate()
                    .flat_map(|(at, byte)| (0..8).filter(move |bit| byte & 1 << bit != 0).map(move |bit| at * 8 + bit));
                numbers.extend(bits.filter_map(|number| i32::try_from(number).ok()));
            }
        }
        for number in numbers.into_iter().filter(|number| *number >= 0) {
            let subject = self.subject(number.unsigned_abs());
            self.write(Event::Call { subject, call, arguments: [0; 6], path: None, hint: false });
        }
    }

    /// Writes what waited, as hints or as what it is.
    fn settle(&mut self, thread: u32, hints: bool) {
        for (_, mut event) in self.waiting.remove(&thread).unwrap_or_default() {
            if let Event::Call { hint, .. } = &mut event {
                *hint = hints;
            }
            self.write(event);
        }
    }

    /// Each line once, whole, and before the call goes on. What cannot be written is not learned, and a later run may.
    fn write(&mut self, event: Event) {
        if self.written.insert(event.clone()) {
            let line = format!("{}\n", Observation { process: self.process, event });
            if self.file.write_all(line.as_bytes()).is_err() {
                eprintln!("sandbox: what was seen cannot be written");
            }
        }
    }
}

impl Started {
    /// From now on calls come from this listener.
    pub(super) fn watch(self, listener: OwnedFd) -> Result<(), Error> {
        self.0.send(listener).map_err(|_| Error::new(ErrorKind::System, "the thread that watches has ended"))
    }
}

/// Where a descriptor leads.
fn link(number: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{number}")).ok()
}

#[allow(clippy::cast_possible_truncation, reason = "the kernel looks at the low half of a descriptor")]
fn low(argument: u64) -> u32 {
    argument as u32
}

/// Runs something with every signal blocked: threads that it starts begin so.
fn without_signals<T>(run: impl FnOnce() -> T) -> Result<T, Error> {
    use super::super::checked;
    // SAFETY: all zeros is a valid set; sigfillset makes it the full one.
    let mut all: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `all` is a live set.
    unsafe { libc::sigfillset(&raw mut all) };
    // SAFETY: as above.
    let mut before: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: both sets are live and initialised.
    let blocked = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before) };
    checked(libc::c_long::from(-blocked), "pthread_sigmask")?;
    let done = run();
    // SAFETY: `before` is what the kernel has just told; no old mask is asked for.
    let restored = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    checked(libc::c_long::from(-restored), "pthread_sigmask")?;
    Ok(done)
}
