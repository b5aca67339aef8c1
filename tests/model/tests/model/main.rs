//! Every call, every descriptor, every argument: the exported filter says what the model says.

mod alone;
mod declarations;
mod mutated;
mod pairs;
