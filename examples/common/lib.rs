//! What more than one of the programs needs.

pub mod signals;
mod sys;
