//! Builds test programs and collects them.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Doing, Failure, Result};
use crate::groups::Group;
use crate::identity::Variables;
use crate::workspace::Workspace;

/// What cargo has built.
#[derive(Debug)]
pub(crate) struct Built {
    /// Test programs, by name.
    pub(crate) tests: Vec<Program>,
    /// Programs and examples.
    pub(crate) programs: Vec<Program>,
}

impl Built {
    /// Runs a command of cargo's that prints its messages as JSON.
    ///
    /// # Errors
    ///
    /// When it does not build.
    pub(crate) fn by(cargo: &mut Command, workspace: &Workspace) -> Result<Self> {
        let output = cargo.output().doing("run cargo")?;
        if !output.status.success() {
            return Err(Failure::new(format!("does not build: {}", output.status)));
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let programs = |test| {
            let messages = messages.lines();
            let mut programs: Vec<_> = messages.filter_map(|line| Program::parse(line, workspace, test)).collect();
            // Cargo reports them as they are built, in another order each time.
            programs.sort_by_key(Program::name);
            programs
        };
        Ok(Self { tests: programs(true), programs: programs(false) })
    }
}

/// One program that cargo has built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) package: String,
    version: String,
    pub(crate) target: String,
    kind: String,
    pub(crate) executable: PathBuf,
    /// The package's folder, where `cargo test` would run it.
    pub(crate) directory: PathBuf,
}

impl Program {
    /// Builds the test programs that `cargo test` would run with these arguments, with this flag for the compiler.
    ///
    /// # Errors
    ///
    /// When they do not build.
    pub(crate) fn build(workspace: &Workspace, arguments: &[&str], rustflag: Option<&str>) -> Result<Vec<Self>> {
        let mut all = vec!["test", "--locked", "--no-run", "--message-format=json-render-diagnostics"];
        all.extend(arguments);
        let mut cargo = workspace.cargo(&all);
        if let Some(flag) = rustflag {
            // Before every other source of flags, which would replace it.
            cargo.env("CARGO_ENCODED_RUSTFLAGS", flag);
        }
        Ok(Built::by(cargo.stdin(Stdio::null()).stderr(Stdio::inherit()), workspace)?.tests)
    }

    /// Reads one of cargo's messages: a program, or something else.
    fn parse(message: &str, workspace: &Workspace, test: bool) -> Option<Self> {
        let message: Value = serde_json::from_str(message).ok()?;
        if message["reason"] != "compiler-artifact" || message["profile"]["test"] != test {
            return None;
        }
        let manifest = PathBuf::from(message["manifest_path"].as_str()?);
        let package =
            workspace.packages.iter().find(|package| Some(package.directory.as_path()) == manifest.parent())?;
        Some(Self {
            package: package.name.clone(),
            version: package.version.clone(),
            target: message["target"]["name"].as_str()?.to_owned(),
            kind: message["target"]["kind"][0].as_str()?.to_owned(),
            executable: message["executable"].as_str()?.into(),
            directory: package.directory.clone(),
        })
    }

    pub(crate) fn group(&self) -> Group {
        match self.kind.as_str() {
            "test" => Group::of(&self.target),
            // Unit tests, whatever the library or program is called.
            _ => Group::Unit,
        }
    }

    /// What this is called in headings and in the summary.
    pub(crate) fn name(&self) -> String {
        match self.kind.as_str() {
            "test" => format!("{} {}", self.package, self.target),
            "bin" => format!("{} {} (unit tests)", self.package, self.target),
            _ => format!("{} (unit tests)", self.package),
        }
    }

    /// The variables of `cargo test` that programs read.
    pub(crate) fn variables(&self) -> Variables {
        vec![
            ("CARGO_MANIFEST_DIR", self.directory.clone().into()),
            ("CARGO_PKG_NAME", self.package.clone().into()),
            ("CARGO_PKG_VERSION", self.version.clone().into()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::Program;
    use crate::groups::Group;
    use crate::workspace::tests::sample;

    fn message(reason: &str, test: bool, kind: &str, name: &str) -> String {
        format!(
            r#"{{"reason":"{reason}","manifest_path":"/w/tests/Cargo.toml","target":{{"kind":["{kind}"],"name":"{name}"}},
            "profile":{{"test":{test}}},"executable":"/w/target/debug/deps/x-1"}}"#
        )
    }

    #[test]
    fn test_programs_are_picked_out_of_cargos_messages() {
        let workspace = sample();
        let parse = |text: &str| Program::parse(text, &workspace, true);
        let program = parse(&message("compiler-artifact", true, "test", "kernel")).expect("a test program");
        assert_eq!(program.name(), "sandbox-tests kernel");
        assert_eq!(program.group(), Group::Kernel);
        assert_eq!(program.executable.to_str(), Some("/w/target/debug/deps/x-1"));
        assert_eq!(program.directory.to_str(), Some("/w/tests"));
        assert_eq!(parse(&message("compiler-artifact", false, "bin", "gzip")), None);
        assert_eq!(parse(&message("build-script-executed", true, "test", "kernel")), None);
        assert_eq!(parse("not JSON"), None);
    }

    #[test]
    fn only_test_targets_have_a_group_by_name() {
        let program = Program::parse(&message("compiler-artifact", true, "bin", "kernel"), &sample(), true);
        assert_eq!(program.map(|program| program.group()), Some(Group::Unit));
    }
}
