//! What a column means for a declaration: the same on every host, so that the column of the other system can be read too.

use sandbox_policy::Fcntls;
use sandbox_rt::{Declared, Rights};

use super::{Inert, Permitted, System};
use crate::sys::Errno;

/// Which of the descriptors of a case an operation is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one that has the declaration.
    Granted,
    /// One that is declared with `hold`.
    Held,
    /// One that is not declared.
    Undeclared,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Allowed,
    /// The descriptor lacks a right: EPERM on Linux, ENOTCAPABLE on FreeBSD.
    Refused,
    /// No right would help: EPERM on Linux, ECAPMODE on FreeBSD.
    Absent,
    /// The path leads out: EACCES on Linux, ENOTCAPABLE on FreeBSD.
    Outside,
    /// The descriptor is answered to be none: EBADF.
    NoDescriptor,
}

impl Permitted {
    /// What becomes of an operation on the descriptor of this role, in a process with this declaration.
    #[must_use]
    pub fn verdict(self, system: System, declared: &Declared, threads: bool, role: Role) -> Verdict {
        let nothing = Declared::default();
        let own = Possessed::new(system, if role == Role::Granted { declared } else { &nothing });
        let refused_unless = |permitted| if permitted { Verdict::Allowed } else { Verdict::Refused };
        match self {
            Self::Never => Verdict::Absent,
            Self::WithThreads => {
                if threads {
                    Verdict::Allowed
                } else {
                    Verdict::Absent
                }
            }
            Self::With(sets) => refused_unless(own.any(sets)),
            Self::Request(request, sets) => {
                refused_unless(own.ioctls.contains(&request.number(system)) || own.any(sets))
            }
            Self::Command(command, sets) => refused_unless(own.fcntls.contains(command) || own.any(sets)),
            Self::Accepted(rights) => {
                let list = if role == Role::Granted { declared.minted.as_deref() } else { None };
                refused_unless(list.is_some_and(|list| list.rights.contains(rights)))
            }
            Self::Outside(rights) if own.rights.contains(rights) => Verdict::Outside,
            Self::Outside(_) => Verdict::Refused,
            Self::OnAny(right, _) if !declared.rights.contains(right) => Verdict::Refused,
            Self::OnAny(_, Inert::NoDescriptor) if role == Role::Undeclared => Verdict::NoDescriptor,
            Self::Always | Self::OnAny(..) => Verdict::Allowed,
            Self::Answered(right) if own.rights.contains(right) => Verdict::Allowed,
            Self::Answered(_) => Verdict::NoDescriptor,
        }
    }
}

/// What a descriptor has by its declaration.
struct Possessed {
    rights: Rights,
    ioctls: Vec<u32>,
    fcntls: Fcntls,
}

impl Possessed {
    /// On FreeBSD a listener has what its connections are to have: they get it from there.
    fn new(system: System, declared: &Declared) -> Self {
        let mut all = Self { rights: declared.rights, ioctls: declared.ioctls.clone(), fcntls: declared.fcntls };
        let mut minted = declared.minted.as_deref().filter(|_| system == System::FreeBsd);
        while let Some(list) = minted {
            all.rights = all.rights | list.rights;
            all.ioctls.extend(&list.ioctls);
            all.fcntls = all.fcntls.union(list.fcntls);
            minted = list.minted.as_deref();
        }
        all
    }

    fn any(&self, sets: &[Rights]) -> bool {
        sets.iter().any(|set| self.rights.contains(*set))
    }
}

impl Verdict {
    /// What the running system answers.
    ///
    /// # Errors
    ///
    /// The errno of a refusal.
    pub fn answer(self) -> Result<(), Errno> {
        match self {
            Self::Allowed => Ok(()),
            Self::NoDescriptor => Err(Errno::EBADF),
            refused => Err(refused.refusal()),
        }
    }

    #[cfg(target_os = "freebsd")]
    fn refusal(self) -> Errno {
        if self == Self::Absent { Errno::ECAPMODE } else { Errno::ENOTCAPABLE }
    }

    #[cfg(not(target_os = "freebsd"))]
    fn refusal(self) -> Errno {
        if self == Self::Outside { Errno::EACCES } else { Errno::EPERM }
    }
}
