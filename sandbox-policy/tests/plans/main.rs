//! Policies lowered to Linux: as text, as compiled filters, and against a model of their own.

mod arbitrary;
mod compared;
mod declarations;
mod golden;
mod openings;
mod permitted;
