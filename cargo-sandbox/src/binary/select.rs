//! Finding a function by its name.

use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::vocabulary::suggest;

use super::Binary;
use crate::failure::{Failure, Result};

/// The policies of the function with this name, or all without one. `compress` and `confined::compress` are names of
/// `gzip::confined::compress`.
pub(crate) fn named<'a>(binary: &'a Binary, name: Option<&str>) -> Result<Vec<&'a EmbeddedPolicy>> {
    let Some(name) = name else { return Ok(binary.policies.iter().collect()) };
    let found: Vec<_> = binary.policies.iter().filter(|policy| is_named(&policy.path(), name)).collect();
    if found.is_empty() {
        let known: Vec<&str> = binary.policies.iter().map(|policy| policy.policy.name.as_str()).collect();
        return Err(Failure::new(format!("no confined function of `{}` is called `{name}`", binary.path.display()))
            .help(match suggest::near(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", list(&known)),
            }));
    }
    Ok(found)
}

fn is_named(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_name_is_a_path_or_its_end() {
        for name in ["gzip::confined::compress", "confined::compress", "compress"] {
            assert!(is_named("gzip::confined::compress", name), "{name}");
        }
        for name in ["press", "confined", "::compress", "decompress"] {
            assert!(!is_named("gzip::confined::compress", name), "{name}");
        }
        assert!(is_named("src/main.rs:12", "src/main.rs:12"));
    }
}
