//! The workspace: where it is, and its packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Doing, Failure, Result};

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) directory: PathBuf,
    pub(crate) features: Vec<String>,
    pub(crate) targets: Vec<Target>,
}

/// One thing that cargo builds of a package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: String,
}

impl Workspace {
    /// The workspace this command was started from.
    pub(crate) fn here() -> Result<Self> {
        // `cargo run` names the package's folder; without it, the folder at hand is as good.
        let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        Self::load(&start, None)
    }

    /// The workspace around `start`, built in `target` or where cargo would build it.
    pub(crate) fn load(start: &Path, target: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(program());
        command
            .args(["metadata", "--no-deps", "--locked", "--format-version", "1"])
            .current_dir(start)
            .stderr(Stdio::inherit());
        if let Some(target) = target {
            command.env("CARGO_TARGET_DIR", target);
        }
        let output = command.output().doing("run `cargo metadata`")?;
        if !output.status.success() {
            return Err(Failure::new(format!("`cargo metadata`: {}", output.status)));
        }
        Self::parse(&output.stdout).ok_or_else(|| Failure::new("`cargo metadata` printed something unknown"))
    }

    fn parse(metadata: &[u8]) -> Option<Self> {
        let metadata: Value = serde_json::from_slice(metadata).ok()?;
        Some(Self {
            root: metadata["workspace_root"].as_str()?.into(),
            target: metadata["target_directory"].as_str()?.into(),
            packages: metadata["packages"].as_array()?.iter().map(Package::parse).collect::<Option<_>>()?,
        })
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// A cargo command in this workspace.
    ///
    /// What it builds can be read by others, whatever the user's umask: tests run as an ordinary user too.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask 022; exec \"$0\" \"$@\""])
            .arg(program())
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

impl Package {
    fn parse(package: &Value) -> Option<Self> {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let target = |target: &Value| {
            Some(Target { name: target["name"].as_str()?.to_owned(), kind: target["kind"][0].as_str()?.to_owned() })
        };
        Some(Self {
            name: package["name"].as_str()?.to_owned(),
            version: package["version"].as_str()?.to_owned(),
            directory: manifest.parent()?.to_owned(),
            features: package["features"].as_object()?.keys().cloned().collect(),
            targets: package["targets"].as_array()?.iter().map(target).collect::<Option<_>>()?,
        })
    }

    pub(crate) fn has(&self, kind: &str, name: &str) -> bool {
        self.targets.iter().any(|target| target.kind == kind && target.name == name)
    }
}

/// The cargo that runs this, else the first on the path.
fn program() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Workspace;

    pub(crate) const METADATA: &str = r#"{
        "workspace_root": "/w", "target_directory": "/w/target",
        "packages": [{
            "name": "sandbox-tests", "version": "0.1.0", "manifest_path": "/w/tests/Cargo.toml",
            "features": {"libseccomp": []},
            "targets": [{"name": "kernel", "kind": ["test"]}, {"name": "sandbox_tests", "kind": ["lib"]}]
        }]
    }"#;

    pub(crate) fn sample() -> Workspace {
        Workspace::parse(METADATA.as_bytes()).expect("well-formed metadata")
    }

    #[test]
    fn metadata_is_read() {
        let workspace = sample();
        assert_eq!(workspace.target.to_str(), Some("/w/target"));
        let package = workspace.package("sandbox-tests").expect("the one package");
        assert_eq!(package.directory.to_str(), Some("/w/tests"));
        assert_eq!(package.features, ["libseccomp"]);
        assert!(package.has("test", "kernel") && !package.has("bin", "kernel"));
    }
}
