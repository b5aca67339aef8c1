//! What libseccomp makes of the declarations that are accepted, held against the model of what they permit.

use sandbox_model::{Declaration, NAMES, Process, REFUSED, compare_numbers, numbers_end};

use super::*;

#[test]
fn every_accepted_declaration_means_what_the_model_says() {
    let alone = |name: &str| Declaration::new(name).grant("it", 3, name);
    let new = |name: &str| Declaration::new(name);
    let lists = ["ioctl", "fcntl", "accept", "sock_server"];
    let single = NAMES.iter().map(|(name, _)| *name).filter(|name| !REFUSED.contains(name) && !lists.contains(name));
    let mut declarations: Vec<Declaration> = single
        .map(|name| match name.parse::<sandbox_policy::Declared>() {
            Ok(_) => alone(name),
            Err(_) => alone(&format!("lookup + {name}")),
        })
        .collect();
    declarations.extend([
        new("empty"),
        new("gzip").grant("input", 3, "read").grant("out", 4, "write").grant("report", 5, "write"),
        new("requests").grant("it", 3, "ioctl(0x5413, 0x5402)").grant("other", 6, "ioctl(0x5402)"),
        new("sockets").grant("it", 3, "recv + send + shutdown").grant("other", 7, "getsockopt"),
    ]);
    let (mut accepted, mut compared) = (0, 0);
    for declaration in declarations {
        let filter = declaration.lower(ARCH).unwrap().filter;
        match compile(&filter) {
            Ok(program) => {
                let process = Process::new(&declaration, ARCH);
                let numbers = 0..numbers_end();
                compared += compare_numbers(&process, ARCH, &program, numbers).unwrap_or_else(|d| panic!("{d}"));
                accepted += 1;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unenforceable, "{error}"),
        }
    }
    println!("{accepted} declarations, {compared} verdicts");
    assert!(accepted > 30 && compared > 1_000_000, "{accepted} declarations, {compared} verdicts");
}
