//! Policies lowered to Linux: as text, and as compiled filters.

mod arbitrary;
mod compared;
mod declarations;
mod golden;
mod openings;
