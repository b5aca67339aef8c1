//! `cargo sandbox`, and `cargo-sandbox`.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = cargo_sandbox::serve() {
        return code;
    }
    let code = cargo_sandbox::run(std::env::args_os(), &mut anstream::stdout(), &mut anstream::stderr());
    ExitCode::from(code)
}
