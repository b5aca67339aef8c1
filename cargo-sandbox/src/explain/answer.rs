//! The answer as data.

use sandbox_policy::linux::bpf::{disassemble, emit};
use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::vocabulary::{Enforcement, Row};
use sandbox_policy::{Allow, Declared, OnViolation, Origin, freebsd, linux};
use serde::Serialize;

use crate::assumed;
use crate::binary::Binary;
use crate::cli::{Kernel, System};
use crate::failure::{Failure, Result};

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    binary: String,
    system: &'static str,
    arch: &'static str,
    pub(super) functions: Vec<Function>,
}

#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) path: String,
    /// Where the declaration stands: `src/main.rs:12`.
    pub(super) place: String,
    pub(super) debug_build: bool,
    /// Built to learn by: nothing is enforced.
    pub(super) learning: bool,
    pub(super) resources: Vec<Resource>,
    pub(super) allow: Vec<&'static str>,
    pub(super) on_violation: &'static str,
    /// Whether the declaration names the reaction.
    pub(super) reaction_named: bool,
    pub(super) plan: Plan,
}

#[derive(Debug, Serialize)]
pub(super) struct Resource {
    pub(super) name: String,
    /// `given`, `acquired`, `stream`, or `implicit`, which is standard error where nothing is said about it.
    pub(super) origin: &'static str,
    /// As it is written in a declaration.
    pub(super) declared: String,
    pub(super) rights: Vec<Right>,
    /// The number that the plan assumes.
    pub(super) number: Option<u32>,
    /// The rights of what `accept` mints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) minted: Vec<Right>,
}

#[derive(Debug, Serialize)]
pub(super) struct Right {
    pub(super) name: String,
    pub(super) meaning: &'static str,
    /// How the system enforces it, where that is not exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remark: Option<String>,
}

/// What the declaration becomes.
#[derive(Debug, Serialize)]
#[serde(tag = "system", rename_all = "lowercase")]
pub(super) enum Plan {
    Linux {
        arch: &'static str,
        landlock: u32,
        text: String,
        calls: Vec<Call>,
        otherwise: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        bpf: Option<String>,
    },
    Freebsd {
        release: String,
        text: String,
        descriptors: Vec<Limits>,
    },
    /// It cannot be enforced, for this reason.
    Refused {
        by: String,
        reason: String,
    },
}

/// What the Linux filter does with one call.
#[derive(Debug, Serialize)]
pub(super) struct Call {
    name: &'static str,
    number: Option<u32>,
    /// Tried in order.
    rules: Vec<Rule>,
    otherwise: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Rule {
    /// All of them must hold.
    conditions: Vec<String>,
    action: String,
}

/// What a descriptor is limited to on FreeBSD.
#[derive(Debug, Serialize)]
pub(super) struct Limits {
    number: u32,
    name: String,
    rights: Vec<&'static str>,
    ioctls: Vec<u32>,
    fcntls: Vec<&'static str>,
    notes: Vec<String>,
}

pub(super) fn explain(binary: &Binary, policies: &[&EmbeddedPolicy], kernel: &Kernel, bpf: bool) -> Result<Answer> {
    let system = kernel.system.unwrap_or(binary.system);
    let arch = kernel.arch.map_or(binary.arch, linux::Arch::from);
    if bpf && system == System::Freebsd {
        return Err(Failure::new("FreeBSD has no filter to disassemble").help("add `--system linux`"));
    }
    let functions = policies.iter().map(|policy| {
        let plan = match system {
            System::Linux => on_linux(policy, arch, kernel.landlock, bpf),
            System::Freebsd => on_freebsd(policy, kernel.freebsd),
        };
        function(policy, system, plan)
    });
    Ok(Answer {
        binary: binary.path.display().to_string(),
        system: name(binary.system),
        arch: binary.arch.name(),
        functions: functions.collect(),
    })
}

fn name(system: System) -> &'static str {
    match system {
        System::Linux => "linux",
        System::Freebsd => "freebsd",
    }
}

fn function(policy: &EmbeddedPolicy, system: System, plan: Plan) -> Function {
    let mut numbers = vec![None; policy.policy.resources.len()];
    for (resource, number) in assumed::numbers(&policy.policy) {
        numbers[resource] = Some(number);
    }
    let mut resources: Vec<Resource> = policy
        .policy
        .resources
        .iter()
        .zip(numbers)
        .map(|(resource, number)| Resource {
            name: resource.name.clone(),
            origin: match resource.origin {
                Origin::Given => "given",
                Origin::Acquired => "acquired",
                Origin::Stream => "stream",
            },
            declared: resource.declared.to_string(),
            rights: rights(&resource.declared, system),
            number,
            minted: resource.declared.minted.as_deref().map(|minted| rights(minted, system)).unwrap_or_default(),
        })
        .collect();
    if let Some(declared) = implicit_stderr(policy) {
        resources.push(Resource {
            name: "stderr".to_owned(),
            origin: "implicit",
            declared: declared.to_string(),
            rights: rights(&declared, system),
            number: Some(2),
            minted: Vec::new(),
        });
    }
    let allowed = Allow::NAMED.iter().filter(|(_, allow)| policy.policy.allow.contains(*allow));
    Function {
        path: policy.path(),
        place: format!("{}:{}", policy.file, policy.line),
        debug_build: policy.debug_build,
        learning: policy.learning,
        resources,
        allow: allowed.map(|(name, _)| *name).collect(),
        on_violation: reaction(policy.policy.on_violation),
        reaction_named: policy.reaction_named,
        plan,
    }
}

fn reaction(on_violation: OnViolation) -> &'static str {
    OnViolation::NAMED.iter().find(|(_, named)| *named == on_violation).map_or("error", |(name, _)| name)
}

/// What standard error keeps where nothing is said about it.
pub(crate) fn implicit_stderr(policy: &EmbeddedPolicy) -> Option<Declared> {
    let said =
        policy.policy.resources.iter().any(|resource| resource.origin == Origin::Stream && resource.name == "stderr");
    (!said).then(|| Declared::from(sandbox_policy::Rights::WRITE))
}

fn rights(declared: &Declared, system: System) -> Vec<Right> {
    let names = declared.rights.names();
    names
        .into_iter()
        .filter_map(sandbox_policy::vocabulary::find)
        .map(|row| Right { name: row.name.to_owned(), meaning: row.meaning, remark: remark(row, system) })
        .collect()
}

/// How a system enforces a right, where that is not exactly.
pub(crate) fn remark(row: &Row, system: System) -> Option<String> {
    let enforcement = match system {
        System::Linux => row.on_linux,
        System::Freebsd => row.on_freebsd,
    };
    meaning(enforcement)
}

/// In words, where it is not exactly.
pub(crate) fn meaning(enforcement: Enforcement) -> Option<String> {
    match enforcement {
        Enforcement::Exact => None,
        Enforcement::Weaker(how) => Some(format!("weaker: {how}")),
        Enforcement::Narrower(how) => Some(format!("narrower: {how}")),
        Enforcement::Refused(why) => Some(format!("refused: {why}")),
    }
}

fn on_linux(policy: &EmbeddedPolicy, arch: linux::Arch, landlock: u32, bpf: bool) -> Plan {
    let plan = match assumed::on_linux(policy, arch, landlock) {
        Ok(plan) => plan,
        Err(error) => return Plan::Refused { by: "Linux".to_owned(), reason: error.to_string() },
    };
    let bpf = match bpf.then(|| emit(&plan.filter)).transpose() {
        Ok(program) => program.map(|program| disassemble(&program, arch)),
        Err(error) => return Plan::Refused { by: "Linux".to_owned(), reason: error.to_string() },
    };
    let calls = plan.filter.calls.iter().map(|entry| Call {
        name: entry.call.name(),
        number: entry.call.number(arch),
        rules: entry
            .rules
            .iter()
            .map(|rule| Rule {
                conditions: rule.tests.iter().map(|test| assumed::own_number_in_words(&test.to_string())).collect(),
                action: rule.action.to_string(),
            })
            .collect(),
        otherwise: entry.otherwise.to_string(),
    });
    Plan::Linux {
        arch: arch.name(),
        landlock,
        text: assumed::own_number_in_words(&plan.describe()),
        calls: calls.collect(),
        otherwise: plan.filter.otherwise.to_string(),
        bpf,
    }
}

fn on_freebsd(policy: &EmbeddedPolicy, release: freebsd::Release) -> Plan {
    let plan = match assumed::on_freebsd(policy, release) {
        Ok(plan) => plan,
        Err(error) => return Plan::Refused { by: format!("FreeBSD {release}"), reason: error.to_string() },
    };
    let descriptors = plan.descriptors.iter().map(|descriptor| Limits {
        number: descriptor.number,
        name: descriptor.name.clone(),
        rights: descriptor.constants.clone(),
        ioctls: descriptor.ioctls.clone(),
        fcntls: sandbox_policy::Fcntls::NAMED
            .iter()
            .filter(|(_, command)| descriptor.fcntls.contains(*command))
            .map(|(name, _)| *name)
            .collect(),
        notes: descriptor.notes.clone(),
    });
    Plan::Freebsd { release: release.to_string(), descriptors: descriptors.collect(), text: plan.describe() }
}
