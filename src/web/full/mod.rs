//! What a page needs now and then: explanations, the log and its story, corrections, an export. A module of its own
//! (the feature `full`), which does all that the core does, too, and takes its place when one of these is asked for.

mod bindings;
mod insight;
mod object;
mod put_right;
pub(super) mod rewrite;
mod view;
