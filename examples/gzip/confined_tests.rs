use std::process::Termination;

use sandbox_rt::testing::confined;

use super::*;

#[test]
fn any_bytes_pass_as_an_argument() {
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(from_hex(&to_hex(&bytes)), Some(bytes));
    assert_eq!(from_hex(""), Some(Vec::new()));
    assert_eq!(from_hex("zz"), None);
}

/// What a confined function has when it has returned: the rights of each resource, which is one descriptor.
#[track_caller]
fn granted(job: impl FnOnce(File, File) -> io::Result<Report>, expected: &[(&str, &str)]) {
    let input = tempfile::tempfile().expect("a temporary file");
    let out = tempfile::tempfile().expect("a temporary file");
    // Others that are open, and that nobody declares.
    let _others = [&input, &out].map(|file| file.try_clone().expect("a copy"));
    confined(|| {
        job(input, out).expect("it is confined and works");
        let status = sandbox_rt::status().expect("it is confined");
        let granted: Vec<(&str, String)> =
            status.resources().iter().map(|resource| (resource.name.as_str(), resource.rights.to_string())).collect();
        let expected: Vec<(&str, String)> =
            expected.iter().map(|(name, rights)| (*name, (*rights).to_owned())).collect();
        assert_eq!(granted, expected, "{status}");
        assert!(status.resources().iter().all(|resource| resource.descriptors.len() == 1), "{status}");
        ExitCode::SUCCESS.report()
    })
    .assert_success();
}

#[test]
fn each_job_has_two_descriptors_and_standard_error() {
    let two = [("input", "read"), ("out", "write"), ("stderr", "write")];
    granted(|input, out| compress(input, out, 6, 0, b"name"), &two);
    granted(|input, out| decompress(input, out, false), &two);
    granted(list, &two);
    granted(header, &two);
    granted(|input, _| test(input), &[two[0], two[2]]);
}
