//! Confined programs with the system's allocator.

fn main() -> std::process::ExitCode {
    sandbox_allocator_tests::main("system")
}
