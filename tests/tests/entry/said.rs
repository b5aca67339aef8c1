//! What entry says: the status of what holds, and the errors of what failed before.

use std::net::TcpListener;

use sandbox_rt::{Declared, ErrorKind, Rights, Sandbox, Stream, open, sandboxed};
use sandbox_tests::harness::Case;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("said::lists", lists),
        Case::new("said::required_mechanisms", required),
        Case::new("said::who_could_not_acquire", acquisition),
    ]
}

/// A right with a list is shown with its list.
fn lists() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let declared = |text: &str| text.parse::<Declared>().expect("rights");
    Sandbox::new("entry")
        .grant("listener", &listener, declared("accept(recv + send) + event"))
        .stream(Stream::Stdout, declared("write + ioctl(0x5413) + fcntl(getfl)"))
        .stream(Stream::Stdin, declared("none"))
        .enter()
        .expect("entry");
    let status = sandbox_rt::status().expect("a status");
    let rights: Vec<_> =
        status.resources().iter().map(|resource| (resource.name.as_str(), resource.rights.to_string())).collect();
    assert_eq!(
        rights,
        [
            ("listener", "accept(read + write) + event".to_owned()),
            ("stdout", "write + fcntl(getfl) + ioctl(0x5413)".to_owned()),
            ("stdin", "none".to_owned()),
            ("stderr", "write".to_owned()),
        ]
    );
}

/// Whatever SECURITY.md calls required is shown as required.
fn required() {
    Sandbox::new("entry").enter().expect("entry");
    let status = sandbox_rt::status().expect("a status");
    let required: Vec<_> =
        status.mechanisms().iter().filter(|mechanism| mechanism.required).map(|mechanism| mechanism.name).collect();
    assert_eq!(
        required,
        [
            "one task",
            "own descriptor table",
            "no shared writable memory",
            "no io_uring instance",
            "no new privileges",
            "undeclared descriptors gone",
            "descriptor numbers",
            "seccomp",
        ]
    );
}

#[sandboxed(fds(lease = open("/missing/lease") => read))]
fn renew() -> Result<(), sandbox_rt::Error> {
    drop(lease);
    Ok(())
}

fn acquisition() {
    let error = renew().expect_err("the file is missing");
    assert_eq!((error.kind(), error.resource_name(), error.is_partial()), (ErrorKind::Acquire, Some("lease"), false));
    assert_eq!(
        error.to_string(),
        "cannot confine `renew`: `lease`: open /missing/lease: No such file or directory (os error 2)"
    );
    // The process is as it was.
    Sandbox::new("entry").stream(Stream::Stdin, Rights::NONE).enter().expect("entry");
}
