//! Why there is a built-in emitter: what libseccomp makes of rules that compare different arguments.

use super::*;

/// lseek for descriptor 0, and for descriptor 2 to offset 1; fcntl for three descriptors, one of them with a command.
fn five_rules() -> Filter {
    filter([
        (Call::lseek, vec![allow([among(0, [0])]), allow([among(0, [2]), among(1, [1])])]),
        (Call::fcntl, vec![allow([among(0, [8]), among(1, [2])]), allow([among(0, [0])]), allow([among(0, [4])])]),
        (Call::write, vec![allow([])]),
        (Call::exit_group, vec![allow([])]),
    ])
}

/// Every rule of the filter as it stands, given to libseccomp without asking whether it is up to it.
fn unasked(filter: &Filter, level: u32) -> Program {
    let mut context = ScmpFilterContext::new(action(filter.otherwise)).unwrap();
    context.set_act_badarch(ScmpAction::KillProcess).unwrap();
    context.set_ctl_optimize(level).unwrap();
    for entry in &filter.calls {
        let number = ScmpSyscall::from_raw_syscall(entry.call.number(ARCH).unwrap().cast_signed());
        for rule in &entry.rules {
            let one = |test: &Test| match test {
                Test::In(argument, numbers) => {
                    let value = numbers.as_slice()[0].0.into();
                    ScmpArgCompare::new((*argument).into(), ScmpCompareOp::MaskedEqual(0xffff_ffff), value)
                }
                Test::Masked(..) | Test::Is64(..) => unreachable!("the five rules have none"),
            };
            let comparisons: Vec<_> = rule.tests.iter().map(one).collect();
            context.add_rule_conditional_exact(action(rule.action), number, &comparisons).unwrap();
        }
    }
    exported(&context).unwrap()
}

#[test]
fn libseccomp_allows_what_no_rule_allows() {
    let filter = five_rules();
    let wrong: Vec<_> =
        [1, 2].into_iter().flat_map(|level| disagreements(&filter, &unasked(&filter, level)).disagreements).collect();
    assert!(!wrong.is_empty(), "this libseccomp compiles the five rules right at both levels");
    for disagreement in wrong {
        assert_eq!(disagreement.actual, Ok(Action::Allow.code()), "{disagreement}");
        assert_eq!(disagreement.expected, EPERM, "{disagreement}");
    }
}

#[test]
fn the_builtin_emitter_compiles_the_same_rules_right() {
    let filter = five_rules();
    agrees(&filter, &bpf::emit(&filter).unwrap());
}

#[test]
fn this_engine_refuses_them() {
    let error = compile(&five_rules()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unenforceable);
    assert_eq!(
        error.operation(),
        "libseccomp would not compile the rules of `lseek` right: they compare different arguments, or different bits \
         of one"
    );
    assert_eq!(error.help_line(), Some(WITHOUT));
}

/// The comparison is the last line: a program that slipped through is found wrong before it is loaded.
#[test]
fn a_wrong_program_is_not_loaded() {
    let filter = five_rules();
    let programs = [1, 2].map(|level| unasked(&filter, level));
    let wrong = programs.iter().find(|program| !disagreements(&filter, program).disagreements.is_empty());
    let error = check(&filter, wrong.unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unverified);
    assert!(error.operation().starts_with("libseccomp made a filter that does not do what its rules say: lseek("));
}
