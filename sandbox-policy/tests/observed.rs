//! What was observed is read as it was written.

use proptest::prelude::*;
use sandbox_policy::linux::ALL_CALLS;
use sandbox_policy::observed::{Event, Observation, Subject};

fn event() -> impl Strategy<Value = Event> {
    let text = || any::<String>();
    let subject = prop_oneof![
        text().prop_map(Subject::Resource),
        text().prop_map(Subject::Accepted),
        text().prop_map(Subject::Beneath),
        text().prop_map(Subject::Other),
        Just(Subject::Nothing),
    ];
    let call = proptest::sample::select(ALL_CALLS.to_vec());
    prop_oneof![
        (text(), text(), text(), any::<u32>()).prop_map(|(function, module, file, line)| Event::Entered {
            function,
            module,
            file,
            line
        }),
        (text(), any::<usize>(), text()).prop_map(|(name, descriptors, declared)| Event::Resource {
            name,
            descriptors,
            declared
        }),
        (subject, call, any::<[u64; 6]>(), proptest::option::of(text()), any::<bool>())
            .prop_map(|(subject, call, arguments, path, hint)| Event::Call { subject, call, arguments, path, hint }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(process in any::<u32>(), event in event()) {
        let written = Observation { process, event };
        let line = written.to_string();
        prop_assert!(line.is_ascii() && !line.contains('\n'));
        prop_assert_eq!(line.parse(), Ok(written));
    }

    #[test]
    fn other_lines_are_errors_and_never_panic(line in "\\PC*|[0-9]{1,9}\t(call|hint|entered|resource)\t[a-z%\t0-9]{0,60}") {
        let _ = line.parse::<Observation>();
    }
}

#[test]
fn lines_that_are_cut_off_are_errors() {
    let line = "7\tcall\ton\tout\twrite\t0\t0\t0\t0\t0\t0";
    assert!(line.parse::<Observation>().is_ok());
    for length in 0..line.len() {
        assert!(line[..length].parse::<Observation>().is_err(), "{length}");
    }
}
