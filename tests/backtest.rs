//! The events traded as a strategy: cases that can be computed by hand, through the binary, and the committed
//! data against an independent script.

mod by_hand;
mod golden;
mod keys;
mod mistakes;
mod performance;
mod quarters;
mod waiting;
