//! The parts of the binary `frontdesk`.
