//! One file per behaviour.

mod hand_over;
mod keys;
