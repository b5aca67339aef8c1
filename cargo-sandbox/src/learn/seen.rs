//! What was seen, joined over processes and runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use sandbox_policy::linux::Call;
use sandbox_policy::observed::{Event, Observation, Subject};
use sandbox_policy::{Declared, Rights};

use super::need::{self, Need};
use crate::why::never;

/// What one declaration needs to say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Learned {
    pub(super) function: String,
    pub(super) module: String,
    pub(super) file: String,
    pub(super) line: u32,
    /// How often it was entered.
    pub(super) entered: usize,
    /// In the order of the declaration; streams come last.
    pub(super) resources: Vec<Resource>,
    pub(super) threads: bool,
    /// What no declaration allows, and what to do instead.
    pub(super) cannot: BTreeMap<String, String>,
    /// What std asks for and does without.
    pub(super) hints: BTreeSet<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) name: String,
    /// Whether it ever held a descriptor.
    pub(super) held: bool,
    /// What is declared now; nothing for a stream that is not.
    pub(super) declared: Option<Declared>,
    pub(super) needed: Declared,
    /// The calls that each right was needed for.
    pub(super) calls: BTreeMap<String, BTreeSet<&'static str>>,
}

impl Learned {
    /// The name of the function with its module.
    pub(super) fn path(&self) -> String {
        let statement = format!("{}:{}", self.file, self.line);
        if self.module.is_empty() || self.function == statement {
            self.function.clone()
        } else {
            format!("{}::{}", self.module, self.function)
        }
    }

    fn resource(&mut self, name: &str) -> &mut Resource {
        let place = self.resources.iter().position(|resource| resource.name == name).unwrap_or_else(|| {
            self.resources.push(Resource { name: name.to_owned(), held: true, ..Resource::default() });
            self.resources.len() - 1
        });
        &mut self.resources[place]
    }

    fn call(&mut self, observed: &Seen<'_>) {
        let Seen { process, subject, call, arguments, path, hint } = *observed;
        if hint {
            if let Subject::Resource(name) = subject {
                self.hints.insert(format!("`{call}` on `{name}`"));
            }
            return;
        }
        match subject {
            Subject::Resource(name) => {
                let need = need::on_descriptor(call, arguments, process);
                self.on(name, call, path, need, |resource| &mut resource.needed);
            }
            Subject::Beneath(name) => {
                let need = need::on_descriptor(call, arguments, process);
                self.on(name, call, path, need, |resource| &mut resource.needed);
            }
            Subject::Accepted(name) => {
                let need = need::on_descriptor(call, arguments, process);
                self.on(name, call, path, need, |resource| resource.needed.minted.get_or_insert_default());
            }
            Subject::Undeclared(link) => self.undeclared(call, link),
            // That it was made says enough.
            Subject::Other(_) => {}
            Subject::Nothing => match need::without_descriptor(call, arguments, process) {
                Need::Threads => self.threads = true,
                Need::Never => self.never(call, arguments, path),
                Need::Nothing | Need::Rights(_) | Need::Ioctl(_) | Need::Fcntl(_) => {}
            },
        }
    }

    fn on(
        &mut self,
        name: &str,
        call: Call,
        path: Option<&str>,
        need: Need,
        grant: impl Fn(&mut Resource) -> &mut Declared,
    ) {
        let resource = self.resource(name);
        let declared = grant(resource);
        let right = match need {
            Need::Rights(rights) => {
                declared.rights = declared.rights.union(rights);
                rights.to_string()
            }
            Need::Ioctl(request) => {
                declared.rights = declared.rights.union(Rights::IOCTL);
                if !declared.ioctls.contains(&request) {
                    declared.ioctls.push(request);
                    declared.ioctls.sort_unstable();
                }
                format!("ioctl({request:#x})")
            }
            Need::Fcntl(commands) => {
                declared.rights = declared.rights.union(Rights::FCNTL);
                declared.fcntls = declared.fcntls.union(commands);
                Declared { rights: Rights::FCNTL, fcntls: commands, ..Declared::default() }.to_string()
            }
            Need::Threads | Need::Nothing => return,
            Need::Never => {
                let what = match path {
                    Some(path) => format!("{call}({name}, \"{path}\")"),
                    None => format!("{call}({name})"),
                };
                self.cannot.insert(what, never(call).to_owned());
                return;
            }
        };
        resource.calls.entry(right).or_default().insert(call.name());
    }

    /// A call on what nothing that is declared holds, and no parameter whose type says so.
    fn undeclared(&mut self, call: Call, link: &str) {
        // Pipes and sockets are numbered, and differ from run to run.
        let what = link.split_once(":[").map_or(link, |(kind, _)| kind);
        let instead = "it was open before entry, and nothing that is declared holds it: \
            name the parameter, local or field that does, fds(NAME = hold), and learn again";
        self.cannot.insert(format!("{call} on `{what}`"), instead.to_owned());
    }

    fn never(&mut self, call: Call, arguments: &[u64; 6], path: Option<&str>) {
        /// What std and libc look for and do without.
        const PROBED: [&str; 5] =
            ["/proc/self/", "/proc/sys/vm/overcommit_memory", "/sys/fs/cgroup", "/sys/devices/system", "/etc/ld.so"];
        if path.is_some_and(|path| PROBED.iter().any(|probed| path.starts_with(probed))) {
            return;
        }
        let what = path.map_or_else(|| call.to_string(), |path| format!("{call}(\"{path}\")"));
        let instead = match (need::flags(call, arguments), path) {
            (Some(flags), Some(path)) => {
                let rights = need::opened(flags);
                let file = format!("open it before entry: NAME = open(\"{path}\") => {rights}");
                match Path::new(path).parent().filter(|_| path.starts_with('/')) {
                    Some(folder) => {
                        let folder = folder.display();
                        format!("{file}; or its directory: NAME = dir(\"{folder}\") => lookup + {rights}")
                    }
                    None => file,
                }
            }
            _ => never(call).to_owned(),
        };
        self.cannot.insert(what, instead);
    }
}

/// One call.
#[derive(Clone, Copy)]
struct Seen<'a> {
    process: u32,
    subject: &'a Subject,
    call: Call,
    arguments: &'a [u64; 6],
    path: Option<&'a str>,
    hint: bool,
}

/// Joins everything that was written; gives the number of a line that is none otherwise. `now` gives the line in which
/// the declaration of a function begins now, from its file, its name and the line of then.
pub(super) fn read(text: &str, mut now: impl FnMut(&str, &str, u32) -> u32) -> Result<Vec<Learned>, usize> {
    let mut learned: Vec<Learned> = Vec::new();
    // Which declaration a process has entered last: numbers of processes come again.
    let mut entered: HashMap<u32, usize> = HashMap::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let Observation { process, event } = line.parse().map_err(|_| number)?;
        if let Event::Entered { function, module, file, line } = event {
            let line = now(&file, &function, line);
            let same = |known: &Learned| {
                (&known.function, &known.module, &known.file, known.line) == (&function, &module, &file, line)
            };
            let place = learned.iter().position(same).unwrap_or_else(|| {
                learned.push(Learned { function, module, file, line, ..Learned::default() });
                learned.len() - 1
            });
            learned[place].entered += 1;
            entered.insert(process, place);
            continue;
        }
        let function = entered.get(&process).map(|place| &mut learned[*place]).ok_or(number)?;
        match event {
            Event::Entered { .. } => {}
            Event::Resource { name, descriptors, declared } => {
                let declared: Declared = declared.parse().map_err(|_| number)?;
                let known = function.resources.iter().any(|resource| resource.name == name);
                let resource = function.resource(&name);
                resource.held = (known && resource.held) || descriptors > 0;
                resource.declared = Some(declared);
            }
            Event::Call { subject, call, arguments, path, hint } => function.call(&Seen {
                process,
                subject: &subject,
                call,
                arguments: &arguments,
                path: path.as_deref(),
                hint,
            }),
        }
    }
    for function in &mut learned {
        // A connection that was used was accepted.
        for resource in &mut function.resources {
            let rights = &mut resource.needed.rights;
            if let Some(minted) = &resource.needed.minted
                && !minted.rights.is_empty()
            {
                *rights = rights.union(Rights::ACCEPT);
            }
        }
    }
    for function in &mut learned {
        // Where its fields are declared alone, the whole is not.
        let names: Vec<String> = function.resources.iter().map(|resource| resource.name.clone()).collect();
        function.resources.retain(|resource| {
            let fields = format!("{}.", resource.name);
            resource.held || !names.iter().any(|name| name.starts_with(&fields))
        });
        // It may be written without a word.
        let implied = |resource: &Resource| {
            resource.name == "stderr" && resource.declared.is_none() && resource.needed == Declared::from(Rights::WRITE)
        };
        function.resources.retain(|resource| !implied(resource));
    }
    learned.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(learned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
7\tentered\trun\tm\tsrc/m.rs\t4
7\tresource\tinput\t1\thold
7\tresource\tout\t1\twrite%20+%20fsync
7\tresource\textra\t0\thold
7\tresource\tfiles\t0\thold
7\thint\ton\tinput\tfstat\t0\t0\t0\t0\t0\t0
7\tcall\ton\tinput\tread\t0\t0\t0\t0\t0\t0
8\tentered\trun\tm\tsrc/m.rs\t4
8\tresource\tout\t1\twrite%20+%20fsync
8\tresource\tfiles.log\t1\thold
8\tcall\ton\tout\twrite\t0\t0\t0\t0\t0\t0
7\tcall\ton\tout\tlseek\t0\t0\t0\t0\t0\t0
8\tcall\ton\tstdout\twrite\t0\t0\t0\t0\t0\t0
7\tcall\tnothing\t\topenat\t0\t0\t80000\t0\t0\t0\t/etc/hostname
7\tcall\ton\tstderr\twrite\t0\t0\t0\t0\t0\t0
7\tcall\tundeclared\tpipe:[77]\tpoll\t0\t0\t0\t0\t0\t0
7\tcall\tother\t/etc/hostname\tread\t0\t0\t0\t0\t0\t0
7\tcall\tnothing\t\tclone\t3d0f00\t0\t0\t0\t0\t0
";

    /// The source has not changed.
    fn in_place(_: &str, _: &str, line: u32) -> u32 {
        line
    }

    /// What was learned before a function moved belongs to it still, and other functions' to them.
    #[test]
    fn functions_move() {
        let moved = TEXT.replace("src/m.rs\t4", "src/m.rs\t9");
        let other = TEXT.replace("run\tm", "other\tm");
        let now = |_: &str, function: &str, line: u32| if function == "run" { 9 } else { line };
        let learned = read(&format!("{TEXT}{moved}{other}"), now).expect("well-formed");
        let said: Vec<_> = learned.iter().map(|one| (one.path(), one.line, one.entered)).collect();
        assert_eq!(said, [("m::other".to_owned(), 4, 2), ("m::run".to_owned(), 9, 4)]);
    }

    #[test]
    fn runs_and_processes_are_joined() {
        let [learned] = &read(TEXT, in_place).expect("well-formed")[..] else { panic!("one function") };
        assert_eq!((learned.path().as_str(), learned.entered, learned.threads), ("m::run", 2, true));
        let said: Vec<_> = learned
            .resources
            .iter()
            .map(|resource| format!("{} {} {}", resource.name, resource.held, resource.needed))
            .collect();
        assert_eq!(
            said,
            [
                "input true read",
                "out true write + seek",
                "extra false hold",
                "files.log true hold",
                "stdout true write"
            ]
        );
        assert_eq!(learned.hints.iter().collect::<Vec<_>>(), ["`fstat` on `input`"]);
        assert_eq!(
            learned.cannot.get("openat(\"/etc/hostname\")").map(String::as_str),
            Some(
                "open it before entry: NAME = open(\"/etc/hostname\") => read; \
                 or its directory: NAME = dir(\"/etc\") => lookup + read"
            )
        );
        let undeclared = learned.cannot.get("poll on `pipe`").expect("what nothing holds");
        assert!(undeclared.contains("fds(NAME = hold)"), "{undeclared}");
        assert_eq!(learned.cannot.len(), 2, "{:?}", learned.cannot);
    }

    #[test]
    fn damaged_lines_are_named() {
        assert_eq!(read("nonsense", in_place).err(), Some(1));
        assert_eq!(read("7\tresource\tout\t1\twrite", in_place).err(), Some(1), "nothing was entered");
        assert_eq!(read(&TEXT.replace("fsync", "fsnyc"), in_place).err(), Some(3));
    }
}
