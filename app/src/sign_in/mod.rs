//! The door: sign-in, reset, invitation, links of letters. Drawn without a bundle: it is forms only.

pub mod sign_in;
