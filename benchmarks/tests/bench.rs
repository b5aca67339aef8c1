//! A run of one group: what is measured comes out whole. (`cargo xtask bench --quick` runs all groups, and builds for it.)

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn a_run_writes_whole_files() {
    let output = Command::new(env!("CARGO_BIN_EXE_sandbox-benchmarks"))
        .args(["--quick", "--only", "memory"])
        .output()
        .expect("it runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");

    let folder = stdout
        .lines()
        .find_map(|line| Path::new(line.strip_prefix("written: ")?).parent())
        .unwrap_or_else(|| panic!("it says what it wrote: {stdout}"));
    let results = json(&folder.join("results.json"));
    let groups = results["groups"].as_array().expect("groups");
    assert_eq!(groups.iter().map(|group| group["name"].as_str()).collect::<Vec<_>>(), [Some("memory")]);
    for table in groups[0]["tables"].as_array().expect("tables") {
        for row in table["rows"].as_array().expect("rows") {
            let spread = &row["spread"];
            assert!(spread["count"].as_u64() > Some(0) && spread["median"].is_f64(), "{row}");
        }
    }
    let picture = std::fs::read_to_string(folder.join("memory.svg")).expect("a picture");
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{picture}");
    let samples = json(&folder.join("samples.json"));
    assert_eq!(samples.as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn mistakes_are_said_before_anything_is_measured() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_sandbox-benchmarks")).args(["--only", "gzp"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "error: unknown group `gzp`\nhelp: the groups are calls, entry, gzip, build, memory\n");
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}
