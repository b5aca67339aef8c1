//! Limiting descriptors: rights, then ioctl requests, then fcntl commands (cap_rights_limit(2), cap_ioctls_limit(2),
//! cap_fcntls_limit(2)), each read back.

mod set;

use std::os::fd::{BorrowedFd, RawFd};

use capsicum::{CapRights, Fcntl, FcntlRights, IoctlRights, IoctlsBuilder};
use sandbox_policy::Fcntls;
use sandbox_policy::freebsd::ioctl::MOST;
use sandbox_policy::freebsd::{CapabilityPlan, DescriptorPlan};

use self::set::RightsSet;
use super::{borrow, failed, unverified};
use crate::status::Mechanism;
use crate::sys::Progress;
use crate::{Error, ErrorKind};

/// What one declared descriptor is limited to.
pub(super) struct Limit {
    number: RawFd,
    name: String,
    /// The rights in words, for errors.
    constants: String,
    rights: RightsSet,
    /// None where the right `ioctl` is not granted: then the kernel empties the list by itself.
    ioctls: Option<Vec<libc::u_long>>,
    /// The same with `fcntl`.
    fcntls: Option<FcntlRights>,
}

/// The limits of the plan. The implicit standard error may be closed.
///
/// # Errors
///
/// If this build does not know a constant of the plan, or a descriptor was limited to fewer rights before.
pub(super) fn prepare(plan: &CapabilityPlan, open: &[RawFd]) -> Result<Vec<Limit>, Error> {
    let mut limits = Vec::new();
    for descriptor in &plan.descriptors {
        let number = number(descriptor)?;
        if open.binary_search(&number).is_ok() {
            let limit = Limit::of(descriptor, number)?;
            limit.fits(borrow(number)?)?;
            limits.push(limit);
        }
    }
    Ok(limits)
}

fn number(descriptor: &DescriptorPlan) -> Result<RawFd, Error> {
    RawFd::try_from(descriptor.number).map_err(|_| Error::system("limit", libc::EBADF).resource(&descriptor.name))
}

impl Limit {
    fn of(descriptor: &DescriptorPlan, number: RawFd) -> Result<Self, Error> {
        let DescriptorPlan { number: _, name, declared: _, constants, ioctls, fcntls, notes: _ } = descriptor;
        let rights = RightsSet::of(constants).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, format!("this build does not know one of {}", constants.join(", ")))
                .resource(name)
        })?;
        Ok(Self {
            number,
            name: name.clone(),
            constants: constants.join(", "),
            rights,
            ioctls: (!ioctls.is_empty()).then(|| ioctls.iter().map(|&request| request.into()).collect()),
            fcntls: (!fcntls.is_empty()).then(|| commands(*fcntls)),
        })
    }

    /// Rights can only shrink: one that the descriptor does not have is an error while everything can be taken back.
    fn fits(&self, descriptor: BorrowedFd<'_>) -> Result<(), Error> {
        if self.rights.is_within(descriptor).map_err(|error| self.refused("cap_rights_get", &error))? {
            return Ok(());
        }
        let message = format!("it was limited before, to less than {}", self.constants);
        Err(Error::new(ErrorKind::Mismatch, message).resource(&self.name).help("declare fewer rights"))
    }

    /// Limits the descriptor. Whatever fails after its rights, these are limited already: that is noted first.
    fn apply(&self, descriptor: BorrowedFd<'_>, mut note: impl FnMut()) -> Result<(), Error> {
        self.rights.limit(descriptor).map_err(|error| self.refused("cap_rights_limit", &error))?;
        note();
        if let Some(ioctls) = &self.ioctls {
            let limit = ioctls.iter().fold(IoctlsBuilder::new(), |list, &request| list.allow(request)).finalize();
            limit.limit(&descriptor).map_err(failed("cap_ioctls_limit")).map_err(|error| error.resource(&self.name))?;
        }
        if let Some(fcntls) = self.fcntls {
            fcntls
                .limit(&descriptor)
                .map_err(failed("cap_fcntls_limit"))
                .map_err(|error| error.resource(&self.name))?;
        }
        Ok(())
    }

    fn refused(&self, operation: &str, error: &std::io::Error) -> Error {
        let errno = error.raw_os_error().unwrap_or(0);
        let failed = Error::system(operation, errno).resource(&self.name);
        match errno {
            libc::EINVAL => failed
                .kind_is(ErrorKind::Unsupported)
                .help(format!("this kernel does not know one of {}", self.constants)),
            libc::ENOSYS => failed
                .kind_is(ErrorKind::Unsupported)
                .help("this kernel is built without `options CAPABILITIES`; the GENERIC kernel has it"),
            _ => failed,
        }
    }

    /// Whether the descriptor has exactly these rights and lists.
    fn holds(&self, descriptor: BorrowedFd<'_>) -> Result<bool, Error> {
        let mut requests = match IoctlRights::from_file(&descriptor, MOST).map_err(failed("cap_ioctls_get"))? {
            IoctlRights::Limited(requests) => requests,
            IoctlRights::Unlimited => return Ok(false),
        };
        requests.sort_unstable();
        let commands = FcntlRights::from_file(&descriptor).map_err(failed("cap_fcntls_get"))?;
        Ok(self.rights.is_of(descriptor).map_err(failed("cap_rights_get"))?
            && Some(requests).filter(|requests| !requests.is_empty()) == self.ioctls
            && commands == self.fcntls.unwrap_or_default())
    }
}

fn commands(fcntls: Fcntls) -> FcntlRights {
    let mut rights = FcntlRights::new();
    for (command, constant) in [
        (Fcntls::GETFL, Fcntl::GetFL),
        (Fcntls::SETFL, Fcntl::SetFL),
        (Fcntls::GETOWN, Fcntl::GetOwn),
        (Fcntls::SETOWN, Fcntl::SetOwn),
    ] {
        if fcntls.contains(command) {
            rights.allow(constant);
        }
    }
    rights
}

/// Limits the declared descriptors, and every other one to no right. They stay open: someone may own them.
pub(super) fn limit(limits: &[Limit], open: &[RawFd], progress: &mut Progress) -> Result<[Mechanism; 2], Error> {
    let mut noted = false;
    let mut note = || {
        if !noted {
            progress.note("descriptors limited");
            noted = true;
        }
    };
    for limit in limits {
        limit.apply(borrow(limit.number)?, &mut note)?;
    }
    let nothing = RightsSet::none();
    let mut others = 0;
    for number in undeclared(limits, open) {
        nothing
            .limit(borrow(number)?)
            .map_err(failed(&format!("cap_rights_limit on undeclared descriptor {number}")))?;
        note();
        others += 1;
    }
    verify(limits, open)?;
    Ok([
        Mechanism::holds("descriptor rights", true, format!("{} limited, read back", limits.len())),
        Mechanism::holds("undeclared descriptors without rights", true, format!("{others} limited to none, read back")),
    ])
}

/// Reads all of it back.
pub(super) fn verify(limits: &[Limit], open: &[RawFd]) -> Result<(), Error> {
    for limit in limits {
        if !limit.holds(borrow(limit.number)?)? {
            return Err(unverified("its rights do not read back as they were limited").resource(&limit.name));
        }
    }
    let nothing = RightsSet::none();
    for number in undeclared(limits, open) {
        if !nothing.is_of(borrow(number)?).map_err(failed("cap_rights_get"))? {
            return Err(unverified(format!("undeclared descriptor {number} has rights after cap_rights_limit")));
        }
    }
    Ok(())
}

fn undeclared(limits: &[Limit], open: &[RawFd]) -> impl Iterator<Item = RawFd> {
    open.iter().copied().filter(|number| !limits.iter().any(|limit| limit.number == *number))
}
