//! A measured process, from its command line on: `PROGRAM measured PURPOSE VARIANT CALLS [CPU]`.
//!
//! Standard input is the channel to the program that compares.

use std::env::Args;
use std::io;

use crate::ours::Variant;
use crate::work::{Body, Purpose, Work};

/// The first argument of a measured process.
pub const MEASURED: &str = "measured";

/// What a measured process is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What is measured.
    pub purpose: Purpose,
    /// The name of the variant.
    pub variant: String,
    /// How many calls make a batch.
    pub calls: u32,
    /// The processor that the process is bound to.
    pub cpu: Option<usize>,
}

impl Order {
    /// The order as arguments.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let Self { purpose, variant, calls, cpu } = self;
        let mut arguments = vec![MEASURED.to_owned(), purpose.name().to_owned(), variant.clone(), calls.to_string()];
        arguments.extend(cpu.map(|cpu| cpu.to_string()));
        arguments
    }

    /// Reads what [`arguments`](Self::arguments) wrote, after the first word.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let purpose = arguments.next()?;
        let purpose = Purpose::ALL.into_iter().find(|known| known.name() == purpose)?;
        let (variant, calls) = (arguments.next()?, arguments.next()?.parse().ok()?);
        let cpu = match arguments.next() {
            Some(cpu) => Some(cpu.parse().ok()?),
            None => None,
        };
        Some(Self { purpose, variant, calls, cpu })
    }
}

/// Does what the arguments after [`MEASURED`] say.
///
/// # Errors
///
/// If they say something unknown, the process cannot be confined, or a call is not answered as it must be.
pub fn main(arguments: Args, variants: &[Variant]) -> io::Result<()> {
    let order = Order::parse(arguments).ok_or_else(|| io::Error::other("the program starts its own processes"))?;
    let variant = variants
        .iter()
        .find(|variant| variant.name == order.variant)
        .ok_or_else(|| io::Error::other(format!("no variant `{}`", order.variant)))?;
    if let Some(cpu) = order.cpu {
        bind(cpu)?;
    }
    let work = Work::open(order.purpose, variant.others)?;
    let body = Body::new(order.purpose, order.calls).ready(&work)?;
    (variant.run)(&work, body)
}

fn bind(cpu: usize) -> io::Result<()> {
    let mut set = rustix::thread::CpuSet::new();
    set.set(cpu);
    Ok(rustix::thread::sched_setaffinity(None, &set)?)
}

#[cfg(test)]
mod tests {
    use super::Order;
    use crate::work::Purpose;

    #[test]
    fn an_order_is_read_as_it_was_written() {
        for cpu in [None, Some(3)] {
            let order = Order { purpose: Purpose::Entry, variant: "sandbox-3".into(), calls: 7, cpu };
            assert_eq!(Order::parse(order.arguments().into_iter().skip(1)), Some(order));
        }
        assert_eq!(Order::parse(["calls", "x", "many"].map(String::from).into_iter()), None);
    }
}
