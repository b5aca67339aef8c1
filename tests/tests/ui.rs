//! The messages are part of the product: a case for each, and programs that must compile.

use std::path::Path;

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
}

#[test]
fn correct_programs_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
}

/// A `.stderr` without a case would be read by nobody; and none may speak of the macro's own names.
#[test]
fn every_message_has_its_case_and_no_hidden_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fail");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("its entries can be read").path();
        let partner = match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => path.with_extension("stderr"),
            Some("stderr") => path.with_extension("rs"),
            _ => panic!("{} is neither a case nor a message", path.display()),
        };
        assert!(partner.exists(), "{} has no {}", path.display(), partner.display());
        let text = std::fs::read_to_string(&path).expect("it is text");
        assert!(!text.contains("__"), "{} shows the user a name that is not for them", path.display());
    }
}
