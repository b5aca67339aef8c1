//! Confined programs with the system's allocator.

mod workload;

fn main() -> std::process::ExitCode {
    workload::main("system")
}
